/** Senders of webhooks that lose or mix up what they are to deliver. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Outbox, Progress } from "@parley/a2a/ports";
import type { Parts } from "./index.js";
import { over } from "./over.js";

const withOutbox = (parts: Parts, change: (outbox: Outbox) => Partial<Outbox>): Parts => {
  const { outbox } = parts.store;
  return { ...parts, store: over(parts.store, { outbox: over(outbox, change(outbox)) }) };
};

/** Writes down as delivered what it only means to send. */
export function forgetsTheUnsent(parts: Parts): Parts {
  return withOutbox(parts, (outbox) => {
    const meant = new Map<string, number>();
    const save: Outbox["save"] = async (node, leaseMillis, batch) => {
      const ahead = batch.map((progress) => {
        const seq = Math.max(progress.seq, meant.get(progress.taskId + progress.configId) ?? 0);
        return { ...progress, seq };
      });
      const refused = await outbox.save(node, leaseMillis, ahead);
      return batch.filter((_, i) => refused.includes(ahead[i] as Progress));
    };
    return {
      save,
      async claim(claim) {
        const places = await outbox.claim(claim);
        const ahead = places.map(({ config, taskSeq, seq, attempts, failing }): Progress => {
          const { taskId, id: configId } = config;
          meant.set(taskId + configId, taskSeq);
          const rest = { state: "active", keep: true, dead: [], delivered: [] } as const;
          return { taskId, configId, seq, attempts, failing, ...rest };
        });
        if (ahead.length > 0) await save(claim.node, claim.leaseMillis, ahead);
        return places;
      },
    };
  });
}

export function forgetsDeadLetters(parts: Parts): Parts {
  return withOutbox(parts, (outbox) => ({
    async save(node, leaseMillis, batch) {
      const forgetful = batch.map((progress) => ({ ...progress, dead: [] }));
      const refused = await outbox.save(node, leaseMillis, forgetful);
      return batch.filter((_, i) => refused.includes(forgetful[i] as Progress));
    },
  }));
}

/** Says at once that it was delivered, and sends it some time. */
export function sendsTheNewestFirst(parts: Parts): Parts {
  const { post } = parts;
  if (post === undefined) return parts;
  const later: typeof post = Object.assign(
    async (...request: Parameters<typeof post>) => {
      const send = async () => {
        for (let status = 0; status !== 204; ) {
          await sleep(Math.random() * 200);
          status = await post(...request).then(
            (sent) => sent.status,
            () => 0,
          );
        }
      };
      void send();
      return { status: 204 };
    },
    { objection: post.objection },
  );
  return { ...parts, post: later };
}
