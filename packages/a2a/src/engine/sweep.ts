import type { Log, Retention, Step, Stepped } from "../ports/index.js";

/** What becomes of tasks that have ended; those whose webhooks are still to be sent wait. Nothing happens unless told. */
export interface RetentionSettings {
  /** Their entries are folded after so long, in milliseconds: the Task stays as it is, streams resume with all of it. Never unless told. */
  readonly compactAfterMillis?: number | undefined;
  /** They are removed after so long, in milliseconds; never unless told. */
  readonly expireAfterMillis?: number | undefined;
  /** Of each owner, so many are kept, the newest. An owner is a principal of a tenant. All unless told. */
  readonly keepPerOwner?: number | undefined;
  /** How often that is looked after, in milliseconds; every minute unless told. */
  readonly everyMillis?: number | undefined;
}

type Call = (step: Step) => Stepped | Promise<Stepped>;

/** How many tasks a call looks at: in a store that answers at once, everybody waits for it. */
const limit = 25;

const longest = 2 ** 31 - 1;

/** Looks after tasks that have ended, in short calls with rests between them. On several nodes each does. */
export class Sweep {
  readonly #everyMillis: number;
  readonly #log: Log;
  readonly #rounds: Readonly<Record<string, Call>>;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @throws TypeError when a setting is out of its range */
  constructor(retention: Retention, settings: RetentionSettings, log: Log) {
    const { expireAfterMillis, keepPerOwner, compactAfterMillis, everyMillis = 60_000 } = settings;
    for (const [name, value = 1] of Object.entries({ ...settings, everyMillis })) {
      const least = name === "everyMillis" ? 1 : 0;
      const most = name === "everyMillis" ? longest : Number.MAX_SAFE_INTEGER;
      if (!Number.isInteger(value) || value < least || value > most)
        throw new TypeError(`retention.${name} must be an integer from ${least} to ${most}`);
    }
    this.#everyMillis = everyMillis;
    this.#log = log;
    this.#rounds = {
      ...(expireAfterMillis !== undefined && {
        expired: (step) => retention.expire({ ...step, endedForMillis: expireAfterMillis }),
      }),
      ...(keepPerOwner !== undefined && { trimmed: (step) => retention.trim({ ...step, keepPerOwner }) }),
      ...(compactAfterMillis !== undefined && {
        compacted: (step) => retention.compact({ ...step, endedForMillis: compactAfterMillis }),
      }),
    };
  }

  open(): void {
    if (Object.keys(this.#rounds).length > 0) this.#running ??= this.#run();
  }

  /** Resolves when nothing is asked of the store any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      // Nodes that were started together do not do it at the same moment.
      await this.#rest(this.#everyMillis * (0.5 + Math.random() / 2));
      if (this.#closed) return;
      await this.#sweep();
    }
  }

  #rest(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      (timer as { unref?: () => void }).unref?.();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #sweep(): Promise<void> {
    const counts: Record<string, number> = {};
    try {
      for (const [name, call] of Object.entries(this.#rounds)) {
        const tasks = await this.#round(call);
        if (tasks > 0) counts[name] = tasks;
      }
    } catch (error) {
      this.#log.warn("Tasks that have ended could not be looked after", { error });
    }
    if (Object.keys(counts).length > 0) this.#log.info("Tasks that have ended were looked after", counts);
  }

  async #round(call: Call): Promise<number> {
    let tasks = 0;
    for (let after: string | undefined, more = true; more && !this.#closed; ) {
      const begun = performance.now();
      const stepped = await call({ limit, after });
      tasks += stepped.tasks;
      after = stepped.next;
      more = after !== undefined;
      // The store is somebody else's at least as long.
      if (more) await this.#rest(performance.now() - begun);
    }
    return tasks;
  }
}
