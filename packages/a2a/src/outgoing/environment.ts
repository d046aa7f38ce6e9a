import type { GuardOptions } from "./guard.js";

/**
 * What `PARLEY_ALLOW_PRIVATE` allows: "1", "true" or "yes" every address, otherwise a comma-separated list of
 * host names, addresses and CIDR ranges; nothing beside public addresses when it is not set.
 */
export function allowedByEnvironment(
  value: string | undefined = process.env["PARLEY_ALLOW_PRIVATE"],
): GuardOptions {
  const said = value?.trim() ?? "";
  if (/^(|0|false|no)$/i.test(said)) return {};
  if (/^(1|true|yes)$/i.test(said)) return { allowPrivate: true };
  return {
    allow: said
      .split(",")
      .map((entry) => entry.trim())
      .filter(Boolean),
  };
}

/** What `PARLEY_PROXY` names: the proxy that outgoing requests go through. */
export function proxyByEnvironment(value: string | undefined = process.env["PARLEY_PROXY"]): {
  readonly proxy?: string;
} {
  const said = value?.trim() ?? "";
  return said === "" ? {} : { proxy: said };
}
