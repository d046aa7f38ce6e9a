/** Which interface of a card to use, and the binding for it (spec 8.3.2). */
import type { ClientBinding, ClientBindingName } from "../bindings/client.js";
import { httpJsonClient } from "../bindings/http-json/client.js";
import { jsonrpcClient } from "../bindings/jsonrpc/client.js";
import { A2AError, type AgentCard, type AgentInterface, protocolVersion } from "../protocol/index.js";

const bindings: Readonly<Record<ClientBindingName, (url: string) => ClientBinding>> = {
  JSONRPC: jsonrpcClient,
  "HTTP+JSON": httpJsonClient,
};

const callable = ({ protocolBinding, url }: AgentInterface): boolean =>
  Object.hasOwn(bindings, protocolBinding) && URL.canParse(url) && /^https?:/i.test(url);

const major = (version: string): string => version.split(".", 1)[0] ?? "";

/**
 * The first interface that this client can use: of the bindings preferred, in that order, or else in card order.
 *
 * @throws A2AError VERSION_NOT_SUPPORTED when only the versions do not fit, UNSUPPORTED_OPERATION otherwise.
 */
export function chooseInterface(
  card: AgentCard,
  preferred: readonly ClientBindingName[] = [],
): AgentInterface {
  const offered = card.supportedInterfaces ?? [];
  const known = offered.filter(callable);
  const usable = known.filter((each) => major(each.protocolVersion) === major(protocolVersion));
  for (const binding of preferred) {
    const match = usable.find((each) => each.protocolBinding === binding);
    if (match) return match;
  }
  if (usable[0]) return usable[0];
  const offers =
    offered.map((each) => `${each.protocolBinding} ${each.protocolVersion}`).join(", ") || "nothing";
  throw new A2AError(
    known.length > 0 ? "VERSION_NOT_SUPPORTED" : "UNSUPPORTED_OPERATION",
    `The agent offers ${offers}; this client speaks ${Object.keys(bindings).join(" and ")} ${protocolVersion}`,
  );
}

/** The client side of the chosen interface's binding. */
export function bindingOf({ protocolBinding, url }: AgentInterface): ClientBinding {
  return bindings[protocolBinding as ClientBindingName](url);
}
