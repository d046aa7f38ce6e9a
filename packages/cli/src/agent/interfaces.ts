/** What the flags say about bindings and versions, applied to a card (13.1, 13.2). */
import type { ClientBindingName } from "@parley/a2a/client";
import { type ClientVersion, draft1_1, v0_1, v0_3 } from "@parley/a2a/compat";
import { A2AError, type AgentCard } from "@parley/a2a/protocol";
import { usage } from "../output/index.js";

/** Spellings of the bindings A2A defines. */
const spellings: Readonly<Record<string, ClientBindingName>> = {
  jsonrpc: "JSONRPC",
  httpjson: "HTTP+JSON",
  rest: "HTTP+JSON",
  grpc: "GRPC",
};

/** The preference of --transport, best first. @throws Failure A2ACLI_ERR_USAGE for a name nobody knows */
export function preferredBindings(names: readonly string[]): ClientBindingName[] {
  return names.map((name) => {
    const known = spellings[name.toLowerCase().replace(/[+/_-]/g, "")];
    if (known === undefined)
      throw usage(`--transport: "${name}" is no binding of A2A`, "Write JSONRPC, HTTP+JSON or GRPC.");
    return known;
  });
}

/** Versions before 1.0, which take an explicit --a2a-version (13.2). */
const olderVersions: readonly ClientVersion[] = [v0_3, v0_1];

/** Who reads a card that is older than 1.0, the last first: where it may be of several, the version that was asked for. */
export function cardReaders(version: string | undefined): readonly ClientVersion[] {
  const asked = otherVersion(version);
  return asked ? [...olderVersions, asked] : olderVersions;
}

/** The one besides 1.0 that --a2a-version names. */
export function otherVersion(version: string | undefined): ClientVersion | undefined {
  return version === undefined
    ? undefined
    : [...olderVersions, draft1_1].find(({ names }) => names.includes(minor(version)));
}

/**
 * The card with the interfaces of this version only; without a version the SDK takes any 1.x.
 * @throws A2AError VERSION_NOT_SUPPORTED
 */
export function cardForVersion(card: AgentCard, version: string | undefined): AgentCard {
  if (version === undefined) return card;
  if (!/^\d+(\.\d+){0,2}$/.test(version))
    throw usage(`--a2a-version: "${version}" is not a version`, "Write 1.0.");
  if (!version.startsWith("1.") && version !== "1" && otherVersion(version) === undefined) {
    const older = olderVersions.flatMap(({ names }) => names).join(", ");
    throw new A2AError("VERSION_NOT_SUPPORTED", `This tool speaks A2A 1.x, ${older}, not ${version}`);
  }
  const wanted = minor(version);
  const supportedInterfaces = card.supportedInterfaces.filter(
    ({ protocolVersion }) => minor(protocolVersion) === wanted,
  );
  if (supportedInterfaces.length > 0) return { ...card, supportedInterfaces };
  const offered = [...new Set(card.supportedInterfaces.map(({ protocolVersion }) => protocolVersion))].join(
    ", ",
  );
  throw new A2AError(
    "VERSION_NOT_SUPPORTED",
    `The agent does not speak A2A ${version}; its card offers ${offered}`,
  );
}

/** Major and minor: the patch does not matter (spec 3.6). */
const minor = (version: string): string => {
  const [major = "", second = "0"] = version.split(".");
  return `${major}.${second}`;
};
