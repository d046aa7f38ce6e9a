import type { ServeOptions } from "@parley/a2a/node";
import type { Config } from "../config/index.js";
import { usage } from "../output/index.js";

/** When tasks that have ended are folded and removed. @throws Failure when it is told how often, but not what */
export function toRetention(config: Config): NonNullable<ServeOptions["retention"]> {
  const [compactAfterMillis, expireAfterMillis] = [config.get("compact-after"), config.get("expire-after")];
  const [keepPerOwner, everyMillis] = [config.get("keep-per-owner"), config.get("sweep-every")];
  const policies = { compactAfterMillis, expireAfterMillis, keepPerOwner };
  if (everyMillis !== undefined && Object.values(policies).every((value) => value === undefined))
    throw usage("--sweep-every needs --compact-after, --expire-after or --keep-per-owner");
  if (everyMillis !== undefined && (everyMillis < 1 || everyMillis > 2 ** 31 - 1))
    throw usage("--sweep-every must be from 1ms to 596h");
  return { ...policies, everyMillis };
}
