/** The card of 0.1: one URL, and names of authentication schemes. */
import type { AgentCard } from "../../protocol/index.js";

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
