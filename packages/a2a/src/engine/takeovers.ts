/** How this node comes to work on a task that another one, or a process before it, has begun. */
import type { Interjected, TakenOver } from "../ports/index.js";
import { isSettled } from "../protocol/index.js";
import { type Cluster, takenOver } from "./cluster.js";
import type { Engine } from "./engine.js";
import type { LiveTask } from "./live-task.js";
import { attemptNote, noLongerQueued, type Past, readPast } from "./past.js";
import { asUnavailable } from "./record.js";
import type { Run } from "./run.js";

/** Why tasks failed of agents that cannot begin again. */
const lostProcess = "The agent's process was lost before the task ended.";
const unstored = "What the agent did could not be stored.";

/** How often a run is begun again, within ten minutes, of which the store does not take something. */
const tries = 3;

export class Takeovers {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * The executor of a running task is gone: the task is begun again here if its agent can do that, else it fails.
   * @param again It was this node's before, and the store may have failed because of it.
   */
  async takeOver({ id, epoch }: TakenOver, again: boolean): Promise<void> {
    const engine = this.#engine;
    const old = engine.live(id);
    // What was recorded under an older lease is refused from here on.
    if (old && (old.run || !old.atRest) && (old.lease?.epoch ?? 0) < epoch) engine.lose(old, takenOver());
    let past = await this.#past(id);
    const live = await this.#wake(id, past !== undefined);
    if (live === undefined) return;
    live.held++;
    try {
      await engine.cluster?.refresh(live);
      // Of what came meanwhile, the record has told nobody.
      while (past && live.committed > past.upTo) past = await this.#past(id);
      // From here to the run nothing can come in between.
      if (isSettled(live.state) || !this.#grant(live, epoch)) return;
      if (past === undefined || (again && past.times >= tries))
        return engine.fail(live, again ? unstored : lostProcess);
      const run = engine.run(live);
      run.prepare(past);
      // Unless the store takes this, another attempt is in vain, and none of those that count.
      if (again) await engine.recorder.note(live, attemptNote(past.times + 1));
      // Whoever finds the task after this must not take it for one that never began.
      if (past.queued) await engine.recorder.note(live, noLongerQueued);
      run.startAgain(past);
    } finally {
      engine.letGo(live);
    }
  }

  #past(id: string): Promise<Past | undefined> {
    return readPast(this.#engine.journal, id, this.#engine.agent.resumable ?? false);
  }

  /** To end a task, what it has made is not needed, and may be a lot. */
  async #wake(id: string, artifacts: boolean): Promise<LiveTask | undefined> {
    const live = await this.#engine.wake(id, { artifacts });
    if (!artifacts || !live?.hollow || live.run) return live;
    this.#engine.lose(live, takenOver());
    return this.#engine.wake(id);
  }

  /**
   * A run for a message that made this node the task's holder; it knows what came up to that.
   * Undefined when the task goes on in some other way.
   */
  async take(
    cluster: Cluster,
    live: LiveTask,
    { seq, epoch }: Required<Interjected>,
  ): Promise<Run | undefined> {
    if (!this.#grant(live, epoch)) return undefined;
    const run = this.#engine.run(live);
    try {
      let known = seq;
      // The record may be past the message already, and has told nobody.
      while (known < live.committed) {
        const upTo = live.committed;
        for (const { message } of await cluster.messages(live.id, known, upTo))
          if (message) run.deliver(message);
        known = upTo;
      }
      run.knows = known;
      await cluster.refresh(live);
    } catch (error) {
      // Held without a run: it is found and begun again.
      this.#engine.lose(live, asUnavailable(error));
      throw asUnavailable(error);
    }
    return run;
  }

  /** Whether a run may begin on a record, of a task that the store says this node is the holder of. */
  #grant(live: LiveTask, epoch: number): boolean {
    const { cluster, closing } = this.#engine;
    if (closing || live.run || live.lost || this.#engine.live(live.id) !== live) return false;
    return cluster === undefined || live.grant({ node: cluster.node, epoch });
  }
}
