/** The servers that the kit is tried on, each with what a caller of it needs. */
import type { Agent, ServerOptions } from "@parley/a2a";
import { type Authenticator, bearerTokens } from "@parley/a2a/auth";
import type { KitOptions } from "../../src/kit/index.js";
import { messages, tasks, words } from "./agents.js";

export interface Variant {
  readonly agent: () => Agent;
  readonly options?: ServerOptions;
  readonly kit?: KitOptions;
}

const everybody: Authenticator = { schemes: {}, requirements: [], authenticate: () => ({ id: "everybody" }) };
const extension = { uri: "https://example.com/extensions/needed/v1", description: "Needed.", required: true };
const says = { says: words };

const extendedCard = {
  ...tasks().card,
  supportedInterfaces: [{ url: "http://localhost/", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
  capabilities: {},
} as NonNullable<ServerOptions["extendedCard"]>;

export const variants = {
  /** Every capability. */
  all: { agent: () => tasks(), options: { authenticator: everybody, extendedCard }, kit: says },
  /** None. */
  bare: { agent: () => tasks({ streaming: false, pushNotifications: false }), kit: says },
  /** Lets in those with a token. */
  guarded: {
    agent: () => tasks(),
    options: { authenticator: bearerTokens({ secret: { id: "somebody" } }), extendedCard },
    kit: { headers: { authorization: "Bearer secret" } },
  },
  /** Requires an extension. */
  extension: { agent: () => tasks({ extensions: [extension] }) },
  /** Answers with messages. */
  message: { agent: messages },
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;
