/** The card a server publishes: what the agent wrote, completed with what the server knows. */
import type { CardDraft } from "../agent/index.js";
import type { Authenticator } from "../auth/index.js";
import type { Version } from "../bindings/version.js";
import { check } from "../codec/index.js";
import {
  type AgentCard,
  type AgentExtension,
  type AgentInterface,
  idempotentSendUri,
  protocolVersion,
  streamResumptionUri,
} from "../protocol/index.js";

/** The extension by which streams resume with `Last-Event-ID`; docs/extensions/stream-resumption.md says how. */
const streamResumption: AgentExtension = {
  uri: streamResumptionUri,
  description:
    "Every stream event has an id; SubscribeToTask with Last-Event-ID sends exactly the events after it, also when the task has ended.",
};

/** The extension by which a message is taken once; docs/extensions/idempotent-send.md says how. */
const idempotentSend: AgentExtension = {
  uri: idempotentSendUri,
  description:
    "A message that is sent again with its messageId is not taken again: the answer is that of the first time.",
};

export interface CardFacts {
  /** Where the server is reached from outside, without a trailing slash. */
  readonly url: string;
  /** `host:port` of the gRPC port, if there is one. */
  readonly grpc?: string | undefined;
  /** Whether webhooks are sent: the card never promises what the server cannot do. */
  readonly pushNotifications: boolean;
  readonly extendedAgentCard: boolean;
  /** Messages are taken once, by their `messageId`. */
  readonly idempotent: boolean;
  readonly authenticator: Authenticator | undefined;
  /** Older versions that are spoken as well. */
  readonly versions: readonly Version[];
}

/**
 * @throws A2AError INVALID_PARAMS naming the field when the finished card breaks the specification (spec 4.4.1).
 * @throws TypeError when the URL is not one that clients can use
 */
export function buildCard(draft: CardDraft, facts: CardFacts): AgentCard {
  if (!/^https?:\/\//i.test(facts.url) || !URL.canParse(facts.url))
    throw new TypeError(`The public URL must be an absolute http or https URL, not "${facts.url}"`);
  const capabilities = draft.capabilities ?? {};
  const streaming = capabilities.streaming ?? true;
  const { authenticator } = facts;
  const card: AgentCard = {
    ...draft,
    supportedInterfaces: draft.supportedInterfaces ?? interfacesAt(facts),
    capabilities: {
      ...capabilities,
      streaming,
      pushNotifications: facts.pushNotifications,
      extendedAgentCard: capabilities.extendedAgentCard ?? facts.extendedAgentCard,
      extensions: [
        ...(capabilities.extensions ?? []),
        ...(streaming ? [streamResumption] : []),
        ...(facts.idempotent ? [idempotentSend] : []),
      ],
    },
    ...(authenticator && {
      securitySchemes: { ...draft.securitySchemes, ...authenticator.schemes },
      securityRequirements: draft.securityRequirements ?? [...authenticator.requirements],
    }),
    defaultInputModes: draft.defaultInputModes ?? ["text/plain"],
    defaultOutputModes: draft.defaultOutputModes ?? ["text/plain"],
    skills: draft.skills ? [...draft.skills] : [theOneSkill(draft)],
  };
  return check("AgentCard", JSON.parse(JSON.stringify(card)));
}

function interfacesAt({ url, grpc, versions }: CardFacts): AgentInterface[] {
  return [
    { url: `${url}/`, protocolBinding: "JSONRPC", protocolVersion },
    { url, protocolBinding: "HTTP+JSON", protocolVersion },
    ...(grpc === undefined ? [] : [{ url: grpc, protocolBinding: "GRPC", protocolVersion }]),
    ...versions.flatMap((version) => version.interfaces(url, grpc)),
  ];
}

/** A card must name a skill; an agent that names none is its own. */
function theOneSkill({ name, description }: CardDraft) {
  return { id: name.toLowerCase().replace(/[^a-z0-9]+/g, "-"), name, description, tags: ["agent"] };
}
