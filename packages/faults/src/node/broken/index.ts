/**
 * Deliberately wrong parts. A node is given one of them by name (`NodeSettings.broken`), so that each fault can show
 * that it would find it out. The product knows nothing of them: they wrap its ports, as any program could.
 */
import type { ServeOptions } from "@parley/a2a/node";
import type { Store } from "@parley/a2a/ports";
import type { NodeSettings } from "../settings.js";
import { acknowledgesEarly, acknowledgesFailures, skipsEntries } from "./journals.js";
import { interjectsAnyway, leasesByOwnClock, withoutFencing } from "./nodes.js";
import { forgetsDeadLetters, forgetsTheUnsent, sendsTheNewestFirst } from "./senders.js";
import { dropsWhereItResumes, reorders } from "./streams.js";

/** What a node is made of. */
export type Parts = ServeOptions & { readonly store: Store };

const broken = {
  "acknowledges before it commits": acknowledgesEarly,
  "acknowledges what was not committed": acknowledgesFailures,
  "skips entries when it reads": skipsEntries,
  "streams out of order": reorders,
  "drops an event where it resumes": dropsWhereItResumes,
  "hears nothing and does not look": deaf,
  "writes without fencing": withoutFencing,
  "cancels in any state": interjectsAnyway,
  "keeps leases by its own clock": leasesByOwnClock,
  "forgets what is not sent yet": forgetsTheUnsent,
  "forgets dead letters": forgetsDeadLetters,
  "sends the newest first": sendsTheNewestFirst,
  "ends at once when it is asked to": endsAtOnce,
  "takes all there is": withoutLimits,
  "takes every message for a new one": withoutIdempotency,
} satisfies Record<string, (parts: Parts, settings: NodeSettings) => Parts>;

export type BrokenPart = keyof typeof broken;

export const isBrokenPart = (name: string): name is BrokenPart => Object.hasOwn(broken, name);

/** The parts of a node with one of them replaced. @throws TypeError when there is no such part */
export function breakPart(parts: Parts, settings: NodeSettings): Parts {
  const name = settings.broken;
  if (name === undefined) return parts;
  if (!isBrokenPart(name)) throw new TypeError(`No part is broken in this way: ${name}`);
  return broken[name](parts, settings);
}

function deaf(parts: Parts): Parts {
  const bus = { open() {}, tell() {}, follow() {}, unfollow() {}, ping() {}, close() {} };
  return { ...parts, bus, cluster: { ...parts.cluster, checkMillis: 2 ** 30 } };
}

function endsAtOnce(parts: Parts): Parts {
  process.once("SIGTERM", () => process.exit());
  return parts;
}

function withoutLimits(parts: Parts): Parts {
  return { ...parts, limits: undefined };
}

function withoutIdempotency(parts: Parts): Parts {
  return { ...parts, idempotency: undefined };
}
