/** The task engine: holds what is live, finds what is stored, and hands each operation to its verb. */
import type { Agent } from "../agent/index.js";
import type { EventStream } from "../dispatch/contract.js";
import type { Append, Entry, Journal, LoadOptions, Log, TaskHead } from "../ports/index.js";
import { A2AError, isSettled, isTerminal, type Task, type TaskState } from "../protocol/index.js";
import { Admission, atLeast } from "./admission.js";
import { timestamp } from "./clock.js";
import { Cluster } from "./cluster.js";
import { type Caller, principalOf, type ScopeServices } from "./context.js";
import { newId } from "./ids.js";
import { Laggards } from "./laggards.js";
import { LiveTask, type TaskText } from "./live-task.js";
import { LiveTasks } from "./live-tasks.js";
import type { ClusterSettings, EngineOptions, PushHooks } from "./options.js";
import { Recorder } from "./record.js";
import { Run, type RunOptions } from "./run.js";
import { Sends } from "./sends.js";
import { Strays } from "./strays.js";
import { type FirstEvent, TaskStream } from "./stream.js";
import { Takeovers } from "./takeovers.js";
import { usualTaskSize } from "./task-size.js";
import { within } from "./within.js";

export class Engine {
  readonly agent: Agent;
  readonly journal: Journal;
  readonly log: Log;
  readonly push: PushHooks | undefined;
  readonly recorder: Recorder;
  readonly laggards: Laggards;
  /** There where several nodes share the store. */
  readonly cluster: Cluster | undefined;
  /** Contexts named by clients whose first task is not committed yet, and whose they are. */
  readonly claims = new Map<string, string>();
  readonly services: ScopeServices;
  /** Messages that are taken once, however often they are sent. */
  readonly sends: Sends;
  /** Tasks that others have begun. */
  readonly takeovers = new Takeovers(this);
  readonly #admission: Admission | undefined;
  readonly #runOptions: RunOptions;
  readonly #live = new LiveTasks();
  readonly #strays: Strays;
  readonly #opening = new Map<string, Promise<LiveTask | undefined>>();
  /** It stops, so it begins nothing new. */
  #stopping = false;
  /** It ends what is under way. */
  closing = false;

  constructor(options: EngineOptions) {
    this.agent = options.agent;
    this.journal = options.journal;
    this.log = options.log;
    this.push = options.push;
    this.laggards = new Laggards(
      options.slowReaderMillis ?? 10_000,
      options.slowReaderWeight ?? 8 * 1024 * 1024,
    );
    const { taskSize = usualTaskSize } = options;
    atLeast(1, { taskSize });
    this.recorder = new Recorder({
      journal: this.journal,
      log: this.log,
      taskSize,
      committed: (live, entries) => this.#committed(live, entries),
      refused: (live, append) => this.#refused(live, append),
      lost: (live, error, why) => this.#lost(live, error, why),
    });
    this.cluster = options.cluster && this.#join(options.cluster);
    this.#strays = new Strays(options.retryMillis ?? 1000, (id) =>
      this.takeovers.takeOver({ id, epoch: 0 }, true),
    );
    this.sends = new Sends(this, options.idempotency, options.idempotencyMillis ?? 86_400_000);
    this.services = { log: this.log, taskOf: (id, owner) => this.#taskOf(id, owner) };
    this.#admission = options.admission && new Admission(options.admission);
    const { agent, recorder, log, services } = this;
    const admission = this.#admission;
    this.#runOptions = { agent, recorder, log, services, admission, ended: (live) => this.release(live) };
  }

  #join({ nodes, bus, leaseMillis = 10_000, checkMillis = 1000 }: ClusterSettings): Cluster {
    const { journal, log } = this;
    return new Cluster({
      nodes,
      bus,
      journal,
      log,
      leaseMillis,
      checkMillis,
      lives: () => this.#live.all(),
      live: (id) => this.#live.get(id),
      works: (id) => {
        const live = this.#live.get(id);
        return live !== undefined && (live.run !== undefined || !live.atRest);
      },
      takeOver: (task, again) => this.takeovers.takeOver(task, again),
      lost: (live, error) => this.lose(live, error),
      interjected: (id, entry) => this.push?.publish(id, [entry]),
    });
  }

  /** Goes on with what a stopped process left running, or ends it: its executor is gone, and nobody should wait for it. */
  async open(): Promise<void> {
    this.sends.open();
    if (this.cluster) return this.cluster.open();
    // Ids are in the order of time, and so is the work that waited.
    const heads = [...(await this.journal.running())].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const { id } of heads) await this.takeovers.takeOver({ id, epoch: 0 }, false);
    await this.recorder.drained();
  }

  /**
   * Takes no more messages, and lets go of readers that other nodes can serve. What is under way goes on.
   * Resolves when nothing is worked on any more, at most after `deadlineMs`.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    this.cluster?.retire();
    if (this.cluster) this.#eachStream((stream) => stream.leave());
    const end = performance.now() + deadlineMs;
    const works = ({ run, state }: LiveTask) => run !== undefined && !isSettled(state);
    while (performance.now() < end && this.#live.all().some(works))
      await new Promise((resolve) => setTimeout(resolve, restMillis));
  }

  /**
   * Stops every run. Tasks that wait for the client go on with its next message; those of agents that can begin again
   * go on on another node or at the next start; others fail, as nobody will finish them.
   * @param deadlineMs For the store to keep all that, which it may not answer to.
   */
  async close(deadlineMs = 5000): Promise<void> {
    this.#stopping = this.closing = true;
    this.cluster?.stop();
    this.#strays.close();
    this.sends.close();
    this.#admission?.close();
    for (const live of this.#live.all()) {
      const { run } = live;
      const queued = run?.handover;
      run?.stop();
      if (queued) this.recorder.note(live, queued).catch(() => {});
      // What others can go on with, they do.
      if (queued || this.agent.resumable || (this.cluster && run === undefined)) continue;
      if (!isSettled(live.state)) this.fail(live, "The agent was stopped before the task ended.");
    }
    const end = performance.now() + deadlineMs;
    if (await within(deadlineMs, this.recorder.drained())) {
      for (const live of this.#live.all()) live.handOver();
    } else {
      this.log.error("The store did not take everything before the end", { deadlineMs });
      for (const live of this.#live.all()) live.lose(shuttingDown());
    }
    this.#eachStream((stream) => stream.cut());
    if (this.cluster) await within(end - performance.now(), this.cluster.leave());
  }

  #eachStream(act: (stream: TaskStream) => void): void {
    for (const live of this.#live.all()) for (const stream of live.streams ?? []) act(stream);
  }

  /** @throws A2AError UNAVAILABLE once the engine stops. */
  assertOpen(): void {
    if (this.#stopping) throw shuttingDown();
  }

  /** @throws A2AError UNAVAILABLE when readers had better go to another node. */
  assertStreams(): void {
    if (this.#stopping && this.cluster) throw shuttingDown();
  }

  /**
   * To be asked before anything is written that makes a run begin, or go on.
   * @throws A2AError RESOURCE_EXHAUSTED, UNAVAILABLE
   */
  admit(caller: Caller): void {
    this.#admission?.check(principalOf(caller));
  }

  fail(live: LiveTask, text: string): void {
    const { id: taskId, contextId } = live;
    const message = { messageId: newId(), contextId, taskId, role: "ROLE_AGENT" as const, parts: [{ text }] };
    const status = { state: "TASK_STATE_FAILED" as const, message, timestamp: timestamp() };
    this.recorder.record(live, { statusUpdate: { taskId, contextId, status } });
  }

  /** The live record of a task, if something is going on with it. */
  live(id: string): LiveTask | undefined {
    return this.#live.get(id);
  }

  /** Makes a task live that did not exist before, and holds it. */
  add(live: LiveTask): void {
    this.#live.add(live);
    this.cluster?.follow(live.id);
    live.held++;
  }

  /** The live record of a stored task, made from the journal when there is none. */
  async wake(id: string, options?: LoadOptions): Promise<LiveTask | undefined> {
    const live = this.#live.get(id);
    if (live) return live;
    let opening = this.#opening.get(id);
    if (opening === undefined) {
      opening = this.#load(id, options).finally(() => this.#opening.delete(id));
      this.#opening.set(id, opening);
    }
    return opening;
  }

  async #load(id: string, { artifacts = true }: LoadOptions = {}): Promise<LiveTask | undefined> {
    const snapshot = await this.journal.load(id, { artifacts });
    if (snapshot === undefined) return undefined;
    const live = new LiveTask(snapshot.head, JSON.parse(snapshot.json) as Task);
    live.hollow = !artifacts;
    live.size = snapshot.json.length;
    // Who has read it before, nobody knows any more.
    live.watched = true;
    this.#live.add(live);
    if (this.cluster) {
      this.cluster.follow(id);
      // It may have configurations that were made on another node.
      this.push?.watch(id);
    }
    return live;
  }

  /** Where a task stands, live or stored, if the owner may see it. @throws A2AError TASK_NOT_FOUND */
  async find(
    id: string,
    owner: string,
  ): Promise<Pick<TaskHead, "id" | "contextId" | "owner" | "state" | "seq">> {
    // Where others write too, only the store knows.
    const live = this.cluster ? undefined : this.#live.get(id);
    const found = live ?? (await this.journal.head(id));
    return mine(found, id, owner);
  }

  /**
   * The live record of a task that the owner may see. It stays the only one until `letGo`.
   * @throws A2AError TASK_NOT_FOUND
   */
  async hold(id: string, owner: string): Promise<LiveTask> {
    // Whose it is comes first: a stranger's call must not bring a task to life (spec 13.1).
    const { state } = await this.find(id, owner);
    // Of a task that has ended only its streams are of use, and what it has made may be a lot.
    const options = { artifacts: !isTerminal(state) };
    for (;;) {
      const live = mine(await this.wake(id, options), id, owner);
      // Another call that waited for it may have let it go again before this one could hold it.
      if (this.#live.get(id) !== live) continue;
      live.held++;
      if (this.cluster && live.elsewhere) await this.#refreshed(this.cluster, live);
      return live;
    }
  }

  async #refreshed(cluster: Cluster, live: LiveTask): Promise<void> {
    try {
      await cluster.refresh(live);
    } catch (error) {
      this.letGo(live);
      throw error;
    }
  }

  letGo(live: LiveTask): void {
    live.held--;
    this.release(live);
  }

  /** A stream of a task, beginning with `from`: an event, or the sequence the reader has already. */
  stream(
    live: LiveTask,
    caller: Caller,
    closes: (state: TaskState) => boolean,
    from: FirstEvent | number,
  ): EventStream {
    const { journal, laggards } = this;
    const { extensions } = caller;
    return new TaskStream(
      live,
      { closes, journal, laggards, extensions, ended: this.#runOptions.ended },
      from,
    );
  }

  run(live: LiveTask): Run {
    live.run = new Run(live, this.#runOptions);
    return live.run;
  }

  /** Lets go of a record nobody needs. */
  release(live: LiveTask): void {
    if (live.idle) this.#forget(live);
  }

  #forget(live: LiveTask): void {
    if (this.cluster && this.#live.get(live.id) === live) this.cluster.unfollow(live.id);
    this.#live.delete(live);
  }

  /** Another node was first: undefined where that cannot be mended. */
  #refused(live: LiveTask, { entries, expected, lease }: Append): Promise<void> | undefined {
    if (this.cluster === undefined || expected === 0) return undefined;
    live.putBack(entries);
    return this.cluster.rebase(live, lease);
  }

  #committed(live: LiveTask, entries: readonly Entry[]): void {
    this.push?.publish(live.id, entries);
    if (this.claims.size > 0 && entries[0]?.seq === 1) this.claims.delete(live.contextId);
    this.cluster?.committed(live);
    this.release(live);
  }

  /** Another node has a task, or nobody has: what is recorded here will not be kept. */
  lose(live: LiveTask, error: A2AError): void {
    this.#lost(live, error, "refused");
  }

  #lost(live: LiveTask, error: A2AError, why: "refused" | "failed"): void {
    this.claims.delete(live.contextId);
    this.#forget(live);
    live.lose(error);
    if (this.cluster) this.cluster.drop(live.id);
    else if (why === "failed") this.#strays.add(live.id);
  }

  /** The task as JSON, all of it durable. @throws A2AError TASK_NOT_FOUND */
  async text(id: string, owner: string): Promise<TaskText> {
    const live = this.#live.get(id);
    // Where others write too, only the store knows.
    if (live && mine(live, id, owner) && this.cluster === undefined) {
      const { seq } = live;
      const text = live.text();
      if (text !== undefined) {
        await live.durable();
        return { text, seq };
      }
    }
    const snapshot = await this.journal.load(id);
    const { seq } = mine(snapshot?.head, id, owner);
    return { text: (snapshot as { json: string }).json, seq };
  }

  async #taskOf(id: string, owner: string): Promise<Task | undefined> {
    try {
      return JSON.parse((await this.text(id, owner)).text) as Task;
    } catch (error) {
      if (error instanceof A2AError && error.reason === "TASK_NOT_FOUND") return undefined;
      throw error;
    }
  }
}

const shuttingDown = () => new A2AError("UNAVAILABLE", "The agent is shutting down", { retryAfter: 1 });

/** How often a node that stops looks whether its work is done. */
const restMillis = 20;

/** One answer for absent and for foreign, so that nobody learns what exists. */
function mine<T extends { owner: string }>(found: T | undefined, id: string, owner: string): T {
  if (found === undefined || found.owner !== owner) {
    throw new A2AError("TASK_NOT_FOUND", undefined, { metadata: { taskId: id } });
  }
  return found;
}
