/** gRPC, loaded only where it is used: it takes several times as long as everything else. */
import type { ClientBindingName, TransportProvider } from "@parley/a2a/client";
import type { AgentCard } from "@parley/a2a/protocol";

/** What carries calls over gRPC, if it was asked for or comes first of what the card offers and this tool speaks. */
export async function grpcFor(
  card: AgentCard,
  bindings: readonly ClientBindingName[],
  insecure: boolean,
): Promise<TransportProvider[]> {
  const offered = card.supportedInterfaces
    .filter(({ protocolVersion }) => /^1(\.|$)/.test(protocolVersion))
    .map(({ protocolBinding }) => protocolBinding);
  const first = offered.find((binding) => ["JSONRPC", "HTTP+JSON", "GRPC"].includes(binding));
  if (first !== "GRPC" && !(bindings.includes("GRPC") && offered.includes("GRPC"))) return [];
  const { grpc } = await import("@parley/a2a/grpc");
  return [grpc({ insecure })];
}
