/** The agent of a profile, online. */
import type { AgentCard } from "@parley/a2a";
import type { Authenticator } from "@parley/a2a/auth";
import { v0_3 } from "@parley/a2a/compat";
import { type Serving, serve } from "@parley/a2a/node";
import { createOutgoing } from "@parley/a2a/outgoing";
import { profileNamed } from "./profiles.js";
import { tckAgent } from "./tck-agent.js";

export interface TckAgentOptions {
  /** A name of `profiles`. */
  readonly profile: string;
  /** Any free one unless told. */
  readonly port?: number;
  /** No gRPC unless told; 0 for any free port, except with older versions. */
  readonly grpcPort?: number | undefined;
  /** Older versions of A2A besides 1.0, by number. */
  readonly versions?: readonly string[];
}

/** The kit presents no credentials, but only authenticated callers get an extended card (spec 3.1.11). */
const everybody: Authenticator = { schemes: {}, requirements: [], authenticate: () => ({ id: "everybody" }) };

const olderVersions = new Map([["0.3", v0_3]]);

/** @throws Error when there is no such profile or version, or a port is taken */
export async function serveTckAgent(options: TckAgentOptions): Promise<Serving> {
  const { port, grpcPort, versions = [] } = options;
  const profile = profileNamed(options.profile);
  // The kit receives webhooks on this machine.
  const outgoing = createOutgoing({ allow: ["localhost", "127.0.0.1", "::1"] });
  const serving: Serving = await serve(tckAgent(profile), {
    port,
    ...(grpcPort !== undefined && {
      grpc: {
        port: grpcPort,
        // The kit for 0.3 finds no host in an address without a scheme, which is what clients of 0.3 want.
        ...(versions.length > 0 && { publicUrl: `http://localhost:${grpcPort}` }),
      },
    }),
    versions: versions.map(versionOf),
    post: outgoing.post,
    ...(profile.extendedCard && { authenticator: everybody, extendedCard: () => extended(serving.card) }),
  });
  return serving;
}

function versionOf(name: string) {
  const version = olderVersions.get(name);
  if (!version)
    throw new Error(
      `There is no version “${name}”; VERSIONS are some of ${[...olderVersions.keys()].join(", ")}`,
    );
  return version;
}

function extended(card: AgentCard): AgentCard {
  return { ...card, description: `${card.description} This is what authenticated callers see.` };
}
