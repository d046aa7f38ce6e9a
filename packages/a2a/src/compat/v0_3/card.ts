/** The agent card, which in 0.3 has one URL first and others beside it. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import type { AgentCard, AgentInterface, AgentSkill } from "../../protocol/index.js";
import { readRequirements, readSchemes, writeRequirements, writeSchemes } from "./security.js";

/** What a card of this version says of itself. */
const protocolVersion = "0.3.0";

/** The bindings of 0.3. */
const transports = ["JSONRPC", "HTTP+JSON", "GRPC"];

export function writeCard(card: AgentCard): object {
  const { supportedInterfaces, securitySchemes, securityRequirements, capabilities, skills, ...same } = card;
  const { signatures: _, ...about } = same;
  const interfaces = olderInterfaces(supportedInterfaces);
  const { extendedAgentCard, extensions, ...offered } = capabilities;
  return {
    ...about,
    protocolVersion,
    url: interfaces[0]?.url,
    preferredTransport: interfaces[0]?.protocolBinding,
    additionalInterfaces: interfaces.map(({ url, protocolBinding }) => ({ url, transport: protocolBinding })),
    capabilities: { ...offered, extensions: extensions?.filter(({ uri }) => uri !== undefined) },
    securitySchemes: securitySchemes && writeSchemes(securitySchemes),
    security: securityRequirements && writeRequirements(securityRequirements),
    skills: skills.map(writeSkill),
    supportsAuthenticatedExtendedCard: extendedAgentCard ?? false,
  };
}

/** Those that speak 0.3; where the card's author named none, those of 1.0, which are at the same URLs. */
function olderInterfaces(interfaces: readonly AgentInterface[]): readonly AgentInterface[] {
  const spoken = interfaces.filter(
    ({ protocolBinding, tenant }) => !tenant && transports.includes(protocolBinding),
  );
  const older = spoken.filter((each) => each.protocolVersion.startsWith("0.3"));
  return older.length > 0 ? older : spoken.filter((each) => each.protocolVersion.startsWith("1."));
}

function writeSkill({ securityRequirements, ...skill }: AgentSkill): object {
  return { ...skill, security: securityRequirements && writeRequirements(securityRequirements) };
}

/** A card of 0.3 or 0.2 as 1.0 has it, yet unchecked; undefined for any other. */
export function readCard(value: unknown): unknown {
  if (!isObject(value) || typeof value.url !== "string" || value.supportedInterfaces !== undefined)
    return undefined;
  const { protocolVersion: version, url, preferredTransport, additionalInterfaces, ...rest } = value;
  const { security, securitySchemes, supportsAuthenticatedExtendedCard, capabilities, skills, ...same } =
    rest;
  const spoken = typeof version === "string" ? version : protocolVersion;
  const offered = [
    { url, transport: preferredTransport ?? "JSONRPC" },
    ...(Array.isArray(additionalInterfaces) ? additionalInterfaces.map(asObject) : []),
  ];
  const interfaces = offered.map((each) => ({
    url: each.url,
    protocolBinding: each.transport,
    protocolVersion: spoken,
  }));
  return {
    ...same,
    supportedInterfaces: interfaces.filter(
      (each, i) => interfaces.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === i,
    ),
    capabilities: { ...asObject(capabilities), extendedAgentCard: supportsAuthenticatedExtendedCard },
    securitySchemes: readSchemes(securitySchemes),
    securityRequirements: readRequirements(security),
    skills: Array.isArray(skills) ? skills.map(readSkill) : skills,
  };
}

function readSkill(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { security, ...skill } = value;
  return { ...skill, securityRequirements: readRequirements(security) };
}
