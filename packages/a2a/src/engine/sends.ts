/**
 * Sends that are done once, however often they come and to whichever node. The first one claims its key in the store
 * before it does anything; the others get the task, or the direct answer, that came of it.
 */
import type { Idempotency, KeyClaimed } from "../ports/index.js";
import { unref } from "../ports/timers.js";
import {
  A2AError,
  invalidField,
  type Message,
  type SendMessageRequest,
  type Task,
} from "../protocol/index.js";
import type { Caller } from "./context.js";
import type { Engine } from "./engine.js";
import { newId } from "./ids.js";
import { type Accepted, accept } from "./send.js";

/** What names a send, for its owner alone. */
export interface SendKey {
  readonly key: string;
  /** Digest of what is sent. */
  readonly hash: string;
  /** The field that has the key, for violations. */
  readonly field: string;
}

/** What is kept of a send that made no task. */
type Kept = { readonly reply: Message } | { readonly taskId: string; readonly settledAfter: number };

/** Between looks at what another node does, in milliseconds. */
const firstPause = 10;
const longestPause = 250;

const sweepMillis = 3_600_000;

export class Sends {
  readonly #engine: Engine;
  readonly #store: Idempotency;
  #made: string | undefined;
  readonly #keepMillis: number;
  /** Sends under way here: those of the same key wait for them. */
  readonly #running = new Map<string, Promise<unknown>>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(engine: Engine, store: Idempotency, keepMillis: number) {
    this.#engine = engine;
    this.#store = store;
    this.#keepMillis = keepMillis;
  }

  /** Made when first asked for: loading what random numbers need is a noticeable part of a start. */
  get #node(): string {
    this.#made ??= this.#engine.cluster?.node ?? newId();
    return this.#made;
  }

  /** Forgets keys whose time is over, now and then. */
  open(): void {
    this.#timer = unref(setInterval(() => void this.#sweep(), Math.min(sweepMillis, this.#keepMillis)));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    try {
      await this.#store.expire(this.#keepMillis);
    } catch (error) {
      this.#engine.log.warn("Old idempotency keys could not be forgotten", { error });
    }
  }

  /** @throws A2AError INVALID_PARAMS when something else was sent under the key; as `accept` does */
  async accept(request: SendMessageRequest, caller: Caller, send: SendKey): Promise<Accepted> {
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      const running = this.#running.get(send.key);
      if (running !== undefined) {
        await running;
        continue;
      }
      const attempt = this.#attempt(request, caller, send);
      const over = attempt.catch(() => {});
      this.#running.set(send.key, over);
      // Before anybody who waits for it goes on.
      void over.then(() => this.#running.delete(send.key));
      const accepted = await attempt;
      if (accepted) return accepted;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Undefined while another node is at it. */
  async #attempt(
    request: SendMessageRequest,
    caller: Caller,
    { key, hash, field }: SendKey,
  ): Promise<Accepted | undefined> {
    const taskId = caller.newTaskId ?? newId();
    const claim = { key, hash, taskId, node: this.#node, keepMillis: this.#keepMillis };
    const claimed = await this.#store.claim(claim);
    if (claimed.hash !== hash) throw invalidField(field, "was used before, with another message");
    if (claimed.answer !== undefined) return this.#kept(JSON.parse(claimed.answer) as Kept, caller);
    // A new id is the first claim's own. Otherwise what became of the first is not known.
    const first = claimed.mine && claimed.taskId === taskId;
    const done = first ? undefined : await this.#done(request, caller, claimed);
    if (done || !claimed.mine) return done;
    return this.#send(request, { ...caller, newTaskId: claimed.taskId }, key);
  }

  async #send(request: SendMessageRequest, caller: Caller, key: string): Promise<Accepted> {
    let accepted: Accepted;
    try {
      accepted = await accept(this.#engine, request, caller);
    } catch (error) {
      // Any other error may have come after it was done.
      if (error instanceof A2AError) await this.#store.release(key, this.#node);
      throw error;
    }
    try {
      await this.#keep(request, accepted, key);
    } catch (error) {
      if (!accepted.reply) this.#engine.letGo(accepted.live);
      throw error;
    }
    return accepted;
  }

  /** A new task says itself that it is there. */
  async #keep({ message }: SendMessageRequest, accepted: Accepted, key: string): Promise<void> {
    const keep = (kept: Kept) => this.#store.settle(key, JSON.stringify(kept));
    if (accepted.reply) return keep({ reply: accepted.reply });
    const { live, settledAfter } = accepted;
    await live.durable();
    if (message.taskId !== undefined) await keep({ taskId: live.id, settledAfter });
  }

  async #kept(kept: Kept, caller: Caller): Promise<Accepted> {
    if ("reply" in kept) return kept;
    const { taskId, settledAfter } = kept;
    return { live: await this.#engine.hold(taskId, caller.owner), created: false, settledAfter };
  }

  /** Finds in the journal whether it was done. */
  async #done(
    { message }: SendMessageRequest,
    { owner }: Caller,
    claimed: KeyClaimed,
  ): Promise<Accepted | undefined> {
    const { taskId = claimed.taskId, messageId } = message;
    const there = await this.#engine.find(taskId, owner).catch(absent);
    if (there === undefined) return undefined;
    if (message.taskId !== undefined) {
      const { history = [] } = JSON.parse((await this.#engine.text(taskId, owner)).text) as Task;
      const heard = history.some((each) => each.role === "ROLE_USER" && each.messageId === messageId);
      if (!heard) return undefined;
    }
    const settledAfter = message.taskId === undefined ? 1 : 0;
    return { live: await this.#engine.hold(taskId, owner), created: false, settledAfter };
  }
}

function absent(error: unknown): undefined {
  if (error instanceof A2AError && error.reason === "TASK_NOT_FOUND") return undefined;
  throw error;
}
