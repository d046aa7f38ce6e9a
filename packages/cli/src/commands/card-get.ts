/** `parley card get`: the agent's card (10.1). */
import type { AgentCard, SecurityScheme } from "@parley/a2a/protocol";
import { cardViolations, open, withCard } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { commandLine, Failure, safeJson } from "../output/index.js";

export const command: Command = (context) =>
  withCard(context, async (found, signal) => {
    if (context.config.get("validate")) checkCard(context, found.published, found.origin);
    const extended = context.config.get("extended");
    const card = extended ? await extendedCard(context, found.card, signal) : found.card;
    if (context.json) context.emit(extended ? card : found.published);
    else printCard(context, card, found.origin);
  });

async function extendedCard(context: Context, card: AgentCard, signal: AbortSignal): Promise<AgentCard> {
  const { client } = await open(context, card, signal);
  try {
    return await client.getExtendedAgentCard({ signal });
  } finally {
    client.close();
  }
}

/** @throws Failure A2ACLI_ERR_CARD_INVALID naming every violation */
function checkCard({ diagnostics }: Context, published: unknown, origin: string): void {
  const violations = cardViolations(published);
  if (violations.length === 0) {
    diagnostics.progress("Valid: the card follows the A2A 1.0 schema");
    return;
  }
  const details = violations.map(({ field, description }) => `${field || "card"}: ${description}`);
  throw new Failure("A2ACLI_ERR_CARD_INVALID", `${origin} breaks the A2A 1.0 schema:\n${details.join("\n")}`);
}

function printCard(context: Context, card: AgentCard, origin: string): void {
  const { text, verbose } = context;
  text.field("Name", card.name);
  text.prose("Description", card.description);
  text.field("Version", card.version);
  text.field("Card", origin);
  text.field("Provider", card.provider && `${card.provider.organization} (${card.provider.url})`);
  text.field("Documentation", card.documentationUrl);
  text.field("Signatures", card.signatures?.length ? `${card.signatures.length}, not verified` : "none");
  text.section();
  const { streaming, pushNotifications, extendedAgentCard, extensions } = card.capabilities ?? {};
  text.field("Streaming", yesOrNo(streaming));
  text.field("Push notifications", yesOrNo(pushNotifications));
  text.field("Extended card", yesOrNo(extendedAgentCard));
  for (const { uri, required } of extensions ?? [])
    text.field("Extension", `${uri}${required ? " (required)" : ""}`);
  text.field("Input", card.defaultInputModes?.join(", "));
  text.field("Output", card.defaultOutputModes?.join(", "));
  text.section();
  for (const { protocolBinding, protocolVersion, url, tenant } of card.supportedInterfaces ?? [])
    text.field(
      "Interface",
      `${protocolBinding} ${protocolVersion} ${url}${tenant ? ` (tenant ${tenant})` : ""}`,
    );
  for (const [name, scheme] of Object.entries(card.securitySchemes ?? {}))
    text.field("Security scheme", `${name}: ${describeScheme(scheme)}`);
  for (const { schemes } of card.securityRequirements ?? [])
    text.field("Security requirement", Object.keys(schemes ?? {}).join(" and ") || "none");
  for (const skill of card.skills ?? []) {
    text.section();
    text.field("Skill", skill.name);
    text.field("Skill ID", skill.id);
    text.prose("About", skill.description);
    text.field("Tags", skill.tags?.join(", "));
    for (const example of skill.examples ?? []) text.prose("Example", example);
    text.field("Input", skill.inputModes?.join(", "));
    text.field("Output", skill.outputModes?.join(", "));
  }
  if (verbose) text.block("Card document", safeJson(card, 2));
  text.section();
  text.field("Next", commandLine(context, "send", '"<message>"'));
}

const yesOrNo = (value: boolean | undefined): string => (value ? "yes" : "no");

function describeScheme(scheme: SecurityScheme): string {
  const {
    apiKeySecurityScheme: key,
    httpAuthSecurityScheme: http,
    openIdConnectSecurityScheme: oidc,
  } = scheme;
  if (key) return `API key in ${key.location} ${key.name}`;
  if (http) return `HTTP ${http.scheme}`;
  if (oidc) return `OpenID Connect ${oidc.openIdConnectUrl}`;
  if (scheme.oauth2SecurityScheme)
    return `OAuth 2 ${Object.keys(scheme.oauth2SecurityScheme.flows).join(", ")}`;
  return "mutual TLS";
}
