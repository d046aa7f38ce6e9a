/**
 * One interface of 1.0 and what its agent does with an echo-like message: each thing is tried once and remembered, so
 * that checks share what they look at.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { type CardSource, hasCapability } from "./agent-card.js";
import { given, isInterrupted, isTerminal, nobody } from "./answers.js";
import { Failed, need, Untested } from "./check.js";
import { at, type Fields, fieldsOf, isFields, listOf } from "./wire/json.js";
import type { Line } from "./wire/line.js";
import type { Answer, Stream, Wire, WireOptions } from "./wire/wire.js";

/** What is said to the agent. */
export interface Says {
  /** Answered at once with a task that ends, or with a message. */
  readonly echo: string;
  /** Answered with a question. */
  readonly ask?: string | undefined;
  /** Works for some seconds. */
  readonly slow?: string | undefined;
}

/** A task and the answer it came in. */
export interface SeenTask {
  readonly id: string;
  readonly contextId: string;
  readonly task: Fields;
  readonly answer: Answer;
}

export class Probe {
  readonly #known = new Map<string, Promise<unknown>>();
  /** Tasks that may still go on. */
  readonly #open = new Set<string>();

  constructor(
    readonly wire: Wire,
    readonly line: Line,
    readonly card: Fields,
    readonly source: CardSource,
    readonly says: Says,
  ) {}

  can(capability: "streaming" | "pushNotifications" | "extendedAgentCard"): boolean {
    return hasCapability(this.card, capability);
  }

  /** A message of the user's, new each time. */
  message(text: string, members: object = {}): Fields {
    return { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text }], ...members };
  }

  /** SendMessage, as often as it is called. */
  async send(
    text: string,
    message: object = {},
    request: object = {},
    options?: WireOptions,
  ): Promise<Answer> {
    const answer = await this.wire.call(
      "SendMessage",
      { message: this.message(text, message), ...request },
      options,
    );
    this.notice(answer.result);
    return answer;
  }

  /** The answer to the echo-like message. @throws Failed when it is an error */
  first(): Promise<Answer> {
    return this.#once("first", async () => {
      const answer = await this.send(this.says.echo);
      given(answer);
      return answer;
    });
  }

  /** The task that it made. @throws Untested when it made none */
  task(): Promise<SeenTask> {
    return this.#once("task", async () => seenTask(await this.first()));
  }

  /** A second one, in another context. */
  otherTask(): Promise<SeenTask> {
    return this.#once("otherTask", async () => {
      await this.task();
      return seenTask(await this.send(this.says.echo));
    });
  }

  /** A task that has ended, by itself or canceled. */
  endedTask(): Promise<SeenTask> {
    return this.#once("endedTask", async () => {
      const seen = await this.task();
      if (isTerminal(seen.task)) return seen;
      if (isInterrupted(seen.task)) await this.wire.call("CancelTask", { id: seen.id });
      for (let look = 0; look < 5; look++) {
        const answer = await this.wire.call("GetTask", { id: seen.id });
        if (isTerminal(answer.result)) return { ...seen, task: fieldsOf(answer.result), answer };
        await sleep(500);
      }
      throw new Untested("no task of this agent ended within some seconds, not even when it was canceled");
    });
  }

  /** A new task that waits for its user. @throws Untested */
  async pausedTask(): Promise<SeenTask> {
    const { ask, echo } = this.says;
    const seen = ask === undefined ? await this.task() : undefined;
    need(
      seen === undefined || isInterrupted(seen.task),
      "the agent never asked for input: no message is known (--ask) that it answers with a question",
    );
    const fresh = seenTask(await this.send(ask ?? echo));
    need(isInterrupted(fresh.task), `“${ask ?? echo}” was not answered with a question`);
    return fresh;
  }

  /** A new task that is at work. @throws Untested */
  async runningTask(): Promise<SeenTask> {
    const { slow } = this.says;
    need(slow !== undefined, "no message is known (--slow) that the agent works on for some seconds");
    const seen = seenTask(await this.send(slow, {}, { configuration: { returnImmediately: true } }));
    need(!isTerminal(seen.task), `“${slow}” was done at once`);
    return seen;
  }

  /** A task that was worked on for some time, as its send answered when it was done. @throws Untested */
  async slowTask(): Promise<SeenTask> {
    await this.task();
    const { slow = this.says.echo } = this.says;
    const contextId = nobody();
    try {
      return seenTask(await this.send(slow, { contextId }));
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      await this.#adopt(contextId);
      throw new Untested(`“${slow}” takes longer than one answer may`);
    }
  }

  /** Takes care of tasks whose ids were never told. */
  async #adopt(contextId: string): Promise<void> {
    const { result } = await this.wire.call("ListTasks", { contextId });
    for (const task of listOf(at(result, "tasks")))
      if (!isTerminal(task)) this.#open.add(String(at(task, "id")));
  }

  /** A new task that has not ended. @throws Untested */
  async openTask(): Promise<SeenTask> {
    if (this.says.slow !== undefined) return this.runningTask();
    return this.pausedTask();
  }

  /** The whole stream of the echo-like message. @throws Untested without streaming; Failed when it is refused */
  streamed(): Promise<Stream> {
    return this.#once("streamed", async () => {
      need(this.can("streaming"), "the card declares no streaming");
      const stream = await this.wire.open("SendStreamingMessage", { message: this.message(this.says.echo) });
      if (stream.error) throw new Failed("a stream", stream.exchange);
      await stream.events.until(() => stream.events.ended !== undefined, this.line.patience);
      for (const event of stream.events.seen) this.notice(event);
      return stream;
    });
  }

  /** The configuration that was made for an ended task, which no update will ever be sent to. */
  pushConfig(): Promise<{ readonly config: Fields; readonly sent: Fields; readonly answer: Answer }> {
    return this.#once("pushConfig", async () => {
      const sent = await this.newPushConfig();
      const answer = await this.wire.call("CreateTaskPushNotificationConfig", sent);
      return { config: fieldsOf(given(answer)), sent, answer };
    });
  }

  async newPushConfig(): Promise<Fields> {
    need(this.can("pushNotifications"), "the card declares no push notifications");
    const { id } = await this.endedTask();
    return { taskId: id, id: crypto.randomUUID(), url: "https://example.com/conformance" };
  }

  /** Hears of a task, from an answer or an event, so that it is not left unfinished. */
  notice(result: unknown): void {
    const seen = fieldsOf(at(result, "task") ?? at(result, "statusUpdate"));
    const id = seen["taskId"] ?? seen["id"];
    if (typeof id !== "string") return;
    if (isTerminal(seen)) this.#open.delete(id);
    else this.#open.add(id);
  }

  /** Leaves nothing running. */
  async tidy(): Promise<void> {
    for (const id of this.#open) {
      if (this.line.over) return;
      await this.wire.call("CancelTask", { id }).catch(() => {});
    }
  }

  #once<T>(name: string, find: () => Promise<T>): Promise<T> {
    const known = this.#known.get(name) as Promise<T> | undefined;
    // The failure belongs to who came first; for others it is a reason why they cannot look.
    if (known !== undefined)
      return known.catch((error: unknown) => {
        throw error instanceof Failed
          ? new Untested(`what it needs failed: expected ${error.expected}`)
          : error;
      });
    const found = find();
    this.#known.set(name, found);
    return found;
  }
}

/** @throws Failed when the answer is an error; Untested when it has no task */
export function seenTask(answer: Answer): SeenTask {
  const task = at(given(answer), "task");
  need(isFields(task), "the agent answers with a Message, so that there is no task");
  return { id: String(task["id"]), contextId: String(task["contextId"]), task, answer };
}
