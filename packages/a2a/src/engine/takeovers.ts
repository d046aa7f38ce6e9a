/** How this node comes to work on a task that another one, or a process before it, has begun. */
import type { Interjected, TakenOver } from "../ports/index.js";
import { isSettled } from "../protocol/index.js";
import { type Cluster, takenOver } from "./cluster.js";
import type { Engine } from "./engine.js";
import { InVain } from "./in-vain.js";
import type { LiveTask } from "./live-task.js";
import { noLongerQueued, readPast } from "./past.js";
import { asUnavailable } from "./record.js";
import type { Run } from "./run.js";

/** Why tasks failed of agents that cannot begin again. */
const lostProcess = "The agent's process was lost before the task ended.";
const unstored = "What the agent did could not be stored.";

export class Takeovers {
  readonly #engine: Engine;
  readonly #inVain = new InVain();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * The executor of a running task is gone: the task is begun again here if its agent can do that, else it fails.
   * @param again It was this node's before, and the store may have failed because of it.
   */
  async takeOver({ id, epoch }: TakenOver, again: boolean): Promise<void> {
    const engine = this.#engine;
    const { resumable = false } = engine.agent;
    const old = engine.live(id);
    // What was recorded under an older lease is refused from here on.
    if (old && (old.run || !old.atRest) && (old.lease?.epoch ?? 0) < epoch) engine.lose(old, takenOver());
    // What it has made is not needed to end it, and may be a lot.
    const live = await engine.wake(id, { artifacts: resumable });
    if (live === undefined) return;
    live.held++;
    try {
      await engine.cluster?.refresh(live);
      if (isSettled(live.state)) return;
      const givenUp = again && this.#inVain.givesUp(live);
      const past = givenUp ? undefined : await readPast(engine.journal, live.id, resumable);
      // From here to the run nothing can come in between.
      if (isSettled(live.state) || !this.#grant(live, epoch)) return;
      if (past === undefined) return engine.fail(live, again ? unstored : lostProcess);
      const run = engine.run(live);
      // Whoever finds the task after this must not take it for one that never began.
      if (past.queued) await engine.recorder.note(live, noLongerQueued);
      run.startAgain(past);
    } finally {
      engine.letGo(live);
    }
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
    run.knows = seq;
    try {
      await cluster.refresh(live);
    } catch (error) {
      // Held without a run: it is found and begun again.
      this.#engine.lose(live, asUnavailable(error));
      throw error;
    }
    return run;
  }

  /** Whether a run may begin on a record, of a task that the store says this node is the holder of. */
  #grant(live: LiveTask, epoch: number): boolean {
    const { cluster } = this.#engine;
    if (live.run || live.lost || this.#engine.live(live.id) !== live) return false;
    return cluster === undefined || live.grant({ node: cluster.node, epoch });
  }

  /** A task is no longer this node's, or has ended. */
  over(id: string): void {
    this.#inVain.forget(id);
  }
}
