/** How many tasks are worked on at a time. Runs beyond that wait for their turn, and what is beyond that is refused. */
import { A2AError } from "../protocol/index.js";

export interface AdmissionLimits {
  /** Tasks that the agent works on at a time, on this node. A task that waits at `yield inputRequired` is not among them. No limit unless told. */
  readonly runningTasks?: number | undefined;
  /** Tasks that are accepted while they wait for their turn, on this node; as many as `runningTasks` unless told. */
  readonly queuedTasks?: number | undefined;
  /** Tasks of one principal that are worked on or wait for their turn, on this node; no limit unless told. */
  readonly tasksPerPrincipal?: number | undefined;
}

/** What is said about the time of a retry stays within what clients wait for. In seconds. */
const longestWait = 30;

export class Admission {
  readonly #running: number;
  readonly #queued: number;
  readonly #perPrincipal: number;
  #working = 0;
  /** In the order in which their turns come. */
  readonly #waiting = new Set<Place>();
  readonly #ofPrincipal = new Map<string, number>();
  /** How long a turn has taken lately, in milliseconds. */
  #turnMillis = 1000;
  #closed = false;

  /** @throws TypeError when a limit is none */
  constructor(limits: AdmissionLimits) {
    const { runningTasks = Number.POSITIVE_INFINITY, queuedTasks = runningTasks } = limits;
    const { tasksPerPrincipal = Number.POSITIVE_INFINITY } = limits;
    atLeast(1, { runningTasks, tasksPerPrincipal });
    atLeast(0, { queuedTasks });
    this.#running = runningTasks;
    this.#queued = queuedTasks;
    this.#perPrincipal = tasksPerPrincipal;
  }

  /**
   * To be asked before anything is written for more work.
   * @throws A2AError RESOURCE_EXHAUSTED when the principal has too much under way; UNAVAILABLE when the node has
   */
  check(principal: string): void {
    const own = this.#ofPrincipal.get(principal) ?? 0;
    if (own >= this.#perPrincipal)
      throw this.#refusal("RESOURCE_EXHAUSTED", `You have ${own} tasks under way, the most allowed`, own);
    if (this.#working >= this.#running && this.#waiting.size >= this.#queued)
      throw this.#refusal("UNAVAILABLE", "The agent has as much work as it can take", this.#running);
  }

  /** @param turns How many turns end in the time of one, of those that the caller waits for. */
  #refusal(reason: "RESOURCE_EXHAUSTED" | "UNAVAILABLE", message: string, turns: number): A2AError {
    const seconds = Math.ceil(this.#turnMillis / turns / 1000);
    return new A2AError(reason, message, { retryAfter: Math.min(seconds, longestWait) });
  }

  place(principal: string): Place {
    return new Place(this, principal);
  }

  /** Begins the turn now, or when there is room; the place was not in use. */
  enter(place: Place): void {
    this.#ofPrincipal.set(place.principal, (this.#ofPrincipal.get(place.principal) ?? 0) + 1);
    this.#waiting.add(place);
    this.#next();
  }

  leave(place: Place): void {
    const own = this.#ofPrincipal.get(place.principal) ?? 1;
    if (own > 1) this.#ofPrincipal.set(place.principal, own - 1);
    else this.#ofPrincipal.delete(place.principal);
    if (this.#waiting.delete(place)) return;
    this.#working--;
    this.#turnMillis += (performance.now() - place.began - this.#turnMillis) / 8;
    this.#next();
  }

  #next(): void {
    if (this.#closed) return;
    for (const place of this.#waiting) {
      if (this.#working >= this.#running) return;
      this.#waiting.delete(place);
      this.#working++;
      place.begin();
    }
  }

  /** No more turns begin. */
  close(): void {
    this.#closed = true;
  }
}

/** One run's place among all. */
export class Place {
  readonly principal: string;
  readonly #admission: Admission;
  #turn: (() => void) | undefined;
  #taken = false;
  /** When its turn began, by `performance.now()`. */
  began = 0;

  constructor(admission: Admission, principal: string) {
    this.#admission = admission;
    this.principal = principal;
  }

  /** It waits for its turn. */
  get waiting(): boolean {
    return this.#turn !== undefined;
  }

  /** Calls back when it is its turn, which may be at once. */
  take(turn: () => void): void {
    this.#taken = true;
    this.#turn = turn;
    this.#admission.enter(this);
  }

  begin(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    this.began = performance.now();
    turn?.();
  }

  /** Makes room for others. */
  give(): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.#turn = undefined;
    this.#admission.leave(this);
  }
}

/** @throws TypeError naming the limit that is none */
export function atLeast(least: number, limits: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= least)) continue;
    throw new TypeError(`limits.${name} must be a whole number of at least ${least}, not ${value}`);
  }
}
