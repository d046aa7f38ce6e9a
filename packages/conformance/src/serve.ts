/** The agent of a profile on a port. */
import type { AgentCard } from "@parley/a2a";
import type { Authenticator } from "@parley/a2a/auth";
import { type Serving, serve } from "@parley/a2a/node";
import { createOutgoing } from "@parley/a2a/outgoing";
import { profileNamed } from "./profiles.js";
import { tckAgent } from "./tck-agent.js";

/** The kit presents no credentials, but only authenticated callers get an extended card (spec 3.1.11). */
const everybody: Authenticator = { schemes: {}, requirements: [], authenticate: () => ({ id: "everybody" }) };

/**
 * @param profile A name of `profiles`.
 * @throws Error when there is no such profile or the port is taken
 */
export async function serveTckAgent(profile: string, port: number): Promise<Serving> {
  const chosen = profileNamed(profile);
  const agent = tckAgent(chosen);
  // The kit receives webhooks on this machine.
  const outgoing = createOutgoing({ allow: ["localhost", "127.0.0.1", "::1"] });
  const serving: Serving = await serve(agent, {
    port,
    post: outgoing.post,
    ...(chosen.extendedCard && { authenticator: everybody, extendedCard: () => extended(serving.card) }),
  });
  return serving;
}

function extended(card: AgentCard): AgentCard {
  return { ...card, description: `${card.description} This is what authenticated callers see.` };
}
