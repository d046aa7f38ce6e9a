/** From an agent's address to its client. */
import type { AgentCard } from "../protocol/index.js";
import { Client } from "./client.js";
import { findCard } from "./discovery.js";
import type { CallOptions, ClientOptions } from "./options.js";

/**
 * Fetches the card of an agent and connects to the interface that fits best.
 *
 * @param agent A host ("localhost:4100"), an origin, the URL of a card, or a card.
 * @throws TransportError when there is no card; A2AError as `fetchCard` and `createClient` do.
 *
 * @example
 * const client = await connect("http://localhost:4100");
 * console.log(await client.ask("Summarise this"));
 */
export async function connect(
  agent: string | URL | AgentCard,
  options: ClientOptions = {},
  call?: CallOptions,
): Promise<Client> {
  if (typeof agent === "object" && !(agent instanceof URL)) return createClient(agent, options);
  return createClient(await findCard(agent, options, call), options);
}

/**
 * A client for a card that is at hand.
 * @throws A2AError VERSION_NOT_SUPPORTED or UNSUPPORTED_OPERATION when no interface of the card can be used.
 */
export function createClient(card: AgentCard, options?: ClientOptions): Client {
  return new Client(card, options);
}
