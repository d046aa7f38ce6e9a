import type { Log, OwnersNumber, Retention, Step, Stepped } from "../ports/index.js";
import { tenantOfOwner } from "../ports/owner.js";
import { longestTimer, unref } from "../ports/timers.js";

/** What becomes of tasks that have ended; `false` says that nothing does. Those whose webhooks are still to be sent wait. */
export interface RetentionPolicy {
  /** Their entries are folded after so long, in milliseconds: the Task stays as it is, streams resume with all of it. Never unless told. */
  readonly compactAfterMillis?: number | false | undefined;
  /** They are removed after so long, in milliseconds; never unless told. */
  readonly expireAfterMillis?: number | false | undefined;
  /** Of each owner, so many are kept, the newest. An owner is a principal of a tenant. All unless told. */
  readonly keepPerOwner?: number | false | undefined;
}

/** Nothing happens to tasks that have ended unless told. */
export interface RetentionSettings extends RetentionPolicy {
  /** By tenant, what differs from the policy for all others; `false` is never, or all. */
  readonly tenants?: Readonly<Record<string, RetentionPolicy>> | undefined;
  /** How often that is looked after, in milliseconds; every minute unless told. */
  readonly everyMillis?: number | undefined;
}

type Call = (step: Step) => Stepped | Promise<Stepped>;

/** How many tasks a call looks at: in a store that answers at once, everybody waits for it. */
const limit = 25;

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
    const { everyMillis = 60_000 } = settings;
    checkSettings(settings);
    this.#everyMillis = everyMillis;
    this.#log = log;
    const expire = numbersOf("expireAfterMillis", settings);
    const keep = numbersOf("keepPerOwner", settings);
    const compact = numbersOf("compactAfterMillis", settings);
    this.#rounds = {
      ...(expire !== undefined && {
        expired: (step) => retention.expire({ ...step, endedForMillis: expire }),
      }),
      ...(keep !== undefined && { trimmed: (step) => retention.trim({ ...step, keepPerOwner: keep }) }),
      ...(compact !== undefined && {
        compacted: (step) => retention.compact({ ...step, endedForMillis: compact }),
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
      const timer = unref(setTimeout(resolve, millis));
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

const names = ["expireAfterMillis", "keepPerOwner", "compactAfterMillis"] as const;

function checkSettings({ tenants = {}, everyMillis, ...policy }: RetentionSettings): void {
  if ("" in tenants) throw new TypeError("retention.tenants: no tenant has an empty name");
  checkNumber("everyMillis", everyMillis, 1, longestTimer);
  for (const name of names) {
    checkNumber(name, policy[name], 0, Number.MAX_SAFE_INTEGER);
    for (const [tenant, own] of Object.entries(tenants))
      checkNumber(`tenants[${JSON.stringify(tenant)}].${name}`, own[name], 0, Number.MAX_SAFE_INTEGER);
  }
}

/** @throws TypeError */
function checkNumber(name: string, value: number | false | undefined, least: number, most: number): void {
  if (value === undefined || (value === false && least === 0)) return;
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most)
    throw new TypeError(`retention.${name} must be an integer from ${least} to ${most}`);
}

/** One number where all tenants have the same; undefined where none has any. */
function numbersOf(
  name: (typeof names)[number],
  { tenants = {}, ...policy }: RetentionSettings,
): OwnersNumber | undefined {
  const numberOf = (value: number | false | undefined) => (value === false ? undefined : value);
  const usual = numberOf(policy[name]);
  const own = new Map<string | undefined, number | undefined>();
  for (const [tenant, { [name]: value = usual }] of Object.entries(tenants)) own.set(tenant, numberOf(value));
  const all = [...own.values(), usual];
  if (all.every((value) => value === usual)) return usual;
  return {
    least: Math.min(...all.filter((value) => value !== undefined)),
    of(owner) {
      const tenant = tenantOfOwner(owner);
      return own.has(tenant) ? own.get(tenant) : usual;
    },
  };
}
