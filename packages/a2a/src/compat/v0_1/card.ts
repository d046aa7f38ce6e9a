/** The card of 0.1: one URL, and names of authentication schemes. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import type { AgentCard } from "../../protocol/index.js";
import { readCard as readNewer } from "../v0_3/card.js";

export function writeCard(card: AgentCard): object {
  const { name, description, provider, version, documentationUrl, capabilities, securitySchemes = {} } = card;
  const { defaultInputModes, defaultOutputModes, skills, supportedInterfaces } = card;
  const own = supportedInterfaces.find(({ protocolVersion }) => protocolVersion === "0.1");
  const schemes = Object.values(securitySchemes).map(
    (scheme) =>
      scheme.httpAuthSecurityScheme?.scheme ?? Object.keys(scheme)[0]?.replace("SecurityScheme", ""),
  );
  return {
    name,
    description,
    url: (own ?? supportedInterfaces[0])?.url,
    provider,
    version,
    documentationUrl,
    capabilities: {
      streaming: capabilities.streaming ?? false,
      pushNotifications: capabilities.pushNotifications ?? false,
      stateTransitionHistory: false,
    },
    ...(schemes.length > 0 && { authentication: { schemes } }),
    defaultInputModes,
    defaultOutputModes,
    skills: skills.map(({ securityRequirements: _, ...skill }) => skill),
  };
}

/** What no card of 0.1 has. */
const newer = [
  ...["supportedInterfaces", "protocolVersion", "preferredTransport", "additionalInterfaces"],
  ...["securitySchemes", "security", "supportsAuthenticatedExtendedCard", "iconUrl", "signatures"],
];

/** A card that says nothing a card of 0.1 does not say, as 1.0 has it, yet unchecked; undefined for any other. */
export function readCard(value: unknown): unknown {
  if (!isObject(value) || newer.some((member) => value[member] !== undefined && value[member] !== null))
    return undefined;
  const { authentication, capabilities, skills, ...same } = value;
  const { stateTransitionHistory: _, ...offered } = asObject(capabilities);
  const card = readNewer({ ...same, capabilities: offered, skills });
  if (card === undefined) return undefined;
  return {
    ...asObject(card),
    supportedInterfaces: [{ url: value.url, protocolBinding: "JSONRPC", protocolVersion: "0.1" }],
    ...readAuthentication(asObject(authentication).schemes),
  };
}

/** Only the names of HTTP's schemes say how to authenticate. */
function readAuthentication(schemes: unknown): object {
  const named = Array.isArray(schemes) ? schemes.filter((name) => /^(basic|bearer|digest)$/i.test(name)) : [];
  if (named.length === 0) return {};
  return {
    securitySchemes: Object.fromEntries(
      named.map((scheme: string) => [scheme.toLowerCase(), { httpAuthSecurityScheme: { scheme } }]),
    ),
    securityRequirements: named.map((scheme: string) => ({
      schemes: { [scheme.toLowerCase()]: { list: [] } },
    })),
  };
}
