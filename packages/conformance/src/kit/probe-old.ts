/** One interface of an older version, and the task that an echo-like message makes there. `W` is how it is called. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CardSource } from "./agent-card.js";
import { Failed, need, Untested } from "./check.js";
import type { Says } from "./probe.js";
import { at, type Fields, fieldsOf, isFields } from "./wire/json.js";
import type { Line } from "./wire/line.js";
import { type OldAnswer, type OldWire, oldTask } from "./wire/old.js";

export class OldProbe<W extends OldWire = OldWire> {
  #first: Promise<OldAnswer> | undefined;
  #ended: Promise<Fields> | undefined;
  /** Tasks that may still go on. */
  readonly #open = new Set<string>();

  constructor(
    readonly wire: W,
    readonly line: Line,
    /** The card as that version has it. */
    readonly card: Fields,
    readonly source: CardSource,
    readonly says: Says,
  ) {}

  /** The answer to the echo-like message. @throws Failed when it is an error, Untested when that is known */
  async first(): Promise<OldAnswer> {
    const known = this.#first !== undefined;
    this.#first ??= this.wire.send(this.says.echo);
    const answer = await this.#first;
    if (!known) this.notice(answer.result);
    if (answer.error === undefined) return answer;
    if (known) throw new Untested("the echo-like message was answered with an error");
    throw new Failed("an answer that is no error", answer.exchange);
  }

  /** @throws Untested when there is none */
  async task(): Promise<{ readonly task: Fields; readonly answer: OldAnswer }> {
    const answer = await this.first();
    const task = oldTask(answer.result);
    need(task !== undefined, "the agent answers with a Message, so that there is no task");
    return { task, answer };
  }

  /** The task when it has ended, by itself or canceled. @throws Untested */
  endedTask(): Promise<Fields> {
    this.#ended ??= this.#untilEnded();
    return this.#ended;
  }

  /** Hears of a task, from an answer or an event, so that it is not left unfinished. */
  notice(result: unknown): void {
    const seen = fieldsOf(at(result, "task") ?? at(result, "statusUpdate") ?? result);
    const id = seen["taskId"] ?? seen["id"];
    if (typeof id !== "string" || !isFields(seen["status"])) return;
    if (isOver(seen)) this.#open.delete(id);
    else this.#open.add(id);
  }

  /** Leaves nothing running. */
  async tidy(): Promise<void> {
    for (const id of this.#open) {
      if (this.line.over) return;
      await this.wire.call("tasks/cancel", { id }).catch(() => {});
    }
  }

  async #untilEnded(): Promise<Fields> {
    let { task } = await this.task();
    if (/^(input|auth)-required$/.test(plainState(task)))
      await this.wire.call("tasks/cancel", { id: task["id"] });
    for (let look = 0; look < 5 && !isOver(task); look++) {
      if (look > 0) await sleep(500);
      const { result } = await this.wire.call("tasks/get", { id: task["id"] });
      task = oldTask(result) ?? task;
    }
    need(isOver(task), "no task of this agent ended within some seconds, not even when it was canceled");
    if (this.wire.purges) {
      const { error } = await this.wire.call("tasks/get", { id: task["id"] });
      need(error?.code !== -32001, "the agent does not keep the task that it answered with");
    }
    return task;
  }
}

/** `completed` and so on, or their names in the proto file. */
export function isOver(task: Fields): boolean {
  return ["completed", "failed", "canceled", "cancelled", "rejected"].includes(plainState(task));
}

export function oldState(task: Fields): string {
  const { status } = task;
  return typeof status === "object" && status !== null && "state" in status ? String(status.state) : "";
}

/** In lower case, also where it was written as in the proto file. */
export function plainState(task: Fields): string {
  return oldState(task).replace("TASK_STATE_", "").toLowerCase().replaceAll("_", "-");
}
