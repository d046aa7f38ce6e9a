/** Nodes that do not keep to the rules of their cluster. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Append, Journal, Nodes } from "@parley/a2a/ports";
import type { NodeSettings } from "../settings.js";
import type { Parts } from "./index.js";
import { over } from "./over.js";

const withNodes = (
  parts: Parts,
  change: (nodes: Nodes) => Partial<Nodes>,
  journal: Journal = parts.store.journal,
): Parts => {
  const { nodes } = parts.store;
  if (nodes === undefined) return parts;
  return { ...parts, store: over(parts.store, { journal, nodes: over(nodes, change(nodes)) }) };
};

/** Believes that a task is still its own, and says so to the store. */
export function withoutFencing(parts: Parts): Parts {
  const { journal } = parts.store;
  const epochs = new Map<string, number>();
  const careless = over(journal, {
    append(batch) {
      for (const { head, lease } of batch) if (lease) epochs.set(head.id, lease.epoch);
      return appendAnyway(journal, batch);
    },
  });
  return withNodes(
    parts,
    (nodes) => ({
      async stands(ids) {
        const stands = await nodes.stands(ids);
        return new Map(
          [...stands].map(([id, { seq, epoch }]) => [id, { seq, epoch: epochs.get(id) ?? epoch }]),
        );
      },
      async takeOver(node, limit, again) {
        const taken = await nodes.takeOver(node, limit, again);
        for (const { id, epoch } of taken) epochs.set(id, epoch);
        return taken;
      },
    }),
    careless,
  );
}

/** Without the lease the store has nothing to refuse by but the task's length; a task that begins needs its own. */
async function appendAnyway(journal: Journal, batch: readonly Append[]): Promise<readonly Append[]> {
  const careless = batch.map((append) => (append.expected === 0 ? append : { ...append, lease: undefined }));
  const refused = await journal.append(careless);
  return batch.filter((_, i) => refused.includes(careless[i] as Append));
}

const states = [
  "SUBMITTED",
  "WORKING",
  "INPUT_REQUIRED",
  "AUTH_REQUIRED",
  "COMPLETED",
  "FAILED",
  "CANCELED",
  "REJECTED",
];

/** Ends tasks that have ended. */
export function interjectsAnyway(parts: Parts): Parts {
  const after = states.map((state) => `TASK_STATE_${state}` as Append["head"]["state"]);
  return withNodes(parts, (nodes) => ({
    interject: (interjection) => nodes.interject({ ...interjection, after }),
  }));
}

/** Writes down until when it lives by its own clock, and by its own clock judges who is dead. */
export function leasesByOwnClock(parts: Parts, { shared = "" }: NodeSettings): Parts {
  const leases = join(shared, "leases");
  mkdirSync(leases, { recursive: true });
  return withNodes(parts, (nodes) => ({
    beat(node, leaseMillis) {
      writeFileSync(join(leases, node), String(Date.now() + leaseMillis));
      return nodes.beat(node, leaseMillis);
    },
    async takeOver(node, limit, again) {
      for (const other of readdirSync(leases)) {
        const until = Number(readFileSync(join(leases, other), "utf8"));
        if (until > 0 && until < Date.now()) await nodes.leave(other);
      }
      return nodes.takeOver(node, limit, again);
    },
  }));
}
