/** A store in memory that several engines share as nodes would share a database: leases, fencing, interjections. */
import {
  type Append,
  Entry,
  type Idempotency,
  type Interjection,
  type Journal,
  type Lease,
  type Nodes,
  type Store,
  type TaskHead,
} from "../../src/ports/index.js";
import { isTerminal } from "../../src/protocol/index.js";
import { MemoryIdempotency } from "../../src/stores/memory/idempotency.js";
import { memory } from "../../src/stores/memory/index.js";

/** What each node is given of it. Nodes die when told: time plays no part. */
export interface SharedStore extends Store {
  readonly nodes: Nodes;
  /** The node beats no more, as others see it. */
  kill(node: string): void;
}

export function shared(inner: Store = memory({ folding: { delayMillis: 60_000 } })): SharedStore {
  const leases = new Map<string, Lease>();
  const living = new Set<string>();
  const { journal } = inner;
  const later = () => new Promise((resolve) => setImmediate(resolve));
  const head = (id: string) => journal.head(id) as TaskHead | undefined;
  const running = async () => ((await journal.running()) as TaskHead[]).map(({ id }) => id);
  const isAlive = (id: string) => living.has(leases.get(id)?.node ?? "");

  const fenced = ({ head: { id }, expected, lease }: Append): boolean =>
    expected > 0 && lease !== undefined && leases.get(id)?.epoch !== lease.epoch;

  const own = appending(journal, async (batch) => {
    await later();
    const refused: Append[] = [];
    for (const append of batch) {
      if (fenced(append) || ((await journal.append([append])) as Append[]).length > 0) refused.push(append);
      else if (append.lease) leases.set(append.head.id, ended(append.head, append.lease));
    }
    await later();
    return refused;
  });
  const nodes: Nodes = {
    async beat(node) {
      const known = living.has(node);
      living.add(node);
      return known;
    },
    async leave(node) {
      living.delete(node);
    },
    async held(node) {
      return (await running()).filter((id) => leases.get(id)?.node === node);
    },
    async takeOver(node, limit, again = []) {
      if (!living.has(node)) return [];
      // As where tasks are found by the node that had them: one that nobody has is nobody's to take over.
      const others = (await running()).filter((id) => {
        const holder = leases.get(id)?.node;
        return holder !== undefined && holder !== node && !isAlive(id);
      });
      const own = (await nodes.held(node)).filter((id) => again.includes(id));
      for (const id of again) {
        const lease = leases.get(id);
        const state = head(id)?.state;
        const waits = state === "TASK_STATE_INPUT_REQUIRED" || state === "TASK_STATE_AUTH_REQUIRED";
        if (waits && lease?.node === node) leases.set(id, { node: undefined, epoch: lease.epoch + 1 });
      }
      return [...others.slice(0, limit), ...own].map((id) => {
        const epoch = (leases.get(id)?.epoch ?? 0) + 1;
        leases.set(id, { node, epoch });
        return { id, epoch };
      });
    },
    async interject(interjection: Interjection) {
      await later();
      const { id, owner, after, expected, event, message, node, notes } = interjection;
      const at = head(id);
      if (at === undefined || at.owner !== owner || !after.includes(at.state)) return undefined;
      if (expected !== undefined && at.seq !== expected) return undefined;
      const seq = at.seq + 1;
      const claimed = node !== undefined && (leases.get(id)?.node === node || !isAlive(id));
      const epoch = (leases.get(id)?.epoch ?? 0) + 1;
      const next: TaskHead = { ...interjection.head, seq };
      const entries = [new Entry(seq, event, message)];
      await journal.append([{ head: next, expected: at.seq, entries, ...(claimed && notes && { notes }) }]);
      if (claimed) leases.set(id, { node, epoch });
      const lease = leases.get(id);
      if (lease) leases.set(id, ended(next, lease));
      await later();
      return claimed ? { seq, epoch } : { seq };
    },
    async stands(ids) {
      await later();
      return new Map(
        ids.flatMap((id) => {
          const at = head(id);
          return at ? [[id, { seq: at.seq, epoch: leases.get(id)?.epoch ?? 0 }] as const] : [];
        }),
      );
    },
  };
  const keys = new MemoryIdempotency({
    hasTask: (id) => head(id) !== undefined,
    isAlive: (node) => living.has(node),
  });
  const idempotency: Idempotency = {
    async claim(claim) {
      await later();
      return keys.claim(claim);
    },
    settle: (key, answer) => keys.settle(key, answer),
    release: (key, node) => keys.release(key, node),
    expire: (ageMillis) => keys.expire(ageMillis),
  };
  return { ...inner, journal: own, idempotency, nodes, kill: (node) => living.delete(node) };
}

const ended = ({ state }: TaskHead, lease: Lease): Lease =>
  isTerminal(state) ? { ...lease, node: undefined } : lease;

/** The journal with another way to append. */
export const appending = (journal: Journal, append: Journal["append"]): Journal =>
  new Proxy(journal, {
    get: (_, name: keyof Journal) => (name === "append" ? append : journal[name].bind(journal)),
  });
