/** Where the webhooks of `parley serve` may go. */
import type { ServeOptions } from "@parley/a2a/node";
import { allowedByEnvironment, createOutgoing } from "@parley/a2a/outgoing";
import type { Config } from "../config/index.js";
import { usage } from "../output/index.js";

type Outgoing = NonNullable<ServeOptions["outgoing"]>;

/** @throws Failure A2ACLI_ERR_USAGE */
export function toOutgoing(config: Config): Outgoing {
  const allowed = config.get("allow-private");
  const proxy = config.get("egress-proxy");
  return {
    ...(allowed.length > 0 && checked("allow-private", allowedByEnvironment(allowed.join(",")))),
    ...(proxy !== undefined && checked("egress-proxy", { proxy })),
  };
}

/** @throws Failure A2ACLI_ERR_USAGE */
function checked(name: string, options: Outgoing): Outgoing {
  try {
    createOutgoing(options).close();
  } catch (error) {
    if (error instanceof TypeError) throw usage(`--${name}: ${error.message}`);
    throw error;
  }
  return options;
}
