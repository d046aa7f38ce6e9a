/** Which interface of a card to use, and what carries calls to it (spec 8.3.2). */
import type { ClientBinding, ClientBindingName } from "../bindings/client.js";
import { httpJsonClient } from "../bindings/http-json/client.js";
import { jsonrpcClient } from "../bindings/jsonrpc/client.js";
import { A2AError, type AgentCard, type AgentInterface, protocolVersion } from "../protocol/index.js";
import { HttpTransport } from "./http-transport.js";
import type { ClientOptions } from "./options.js";
import type { Transport, TransportProvider } from "./transport.js";

const overHttp = (binding: ClientBindingName, client: (url: string) => ClientBinding): TransportProvider => ({
  binding,
  reaches: (url) => URL.canParse(url) && /^https?:/i.test(url),
  open: (url, options) => new HttpTransport(client(url), options),
});

const built = [overHttp("JSONRPC", jsonrpcClient), overHttp("HTTP+JSON", httpJsonClient)];

const major = (version: string): string => version.split(".", 1)[0] ?? "";

export interface ChosenInterface {
  readonly interface: AgentInterface;
  readonly transport: Transport;
}

/**
 * The first interface that this client can use: of the bindings preferred, in that order, or else in card order.
 *
 * @throws A2AError VERSION_NOT_SUPPORTED when only the versions do not fit, UNSUPPORTED_OPERATION otherwise.
 */
export function chooseInterface(card: AgentCard, options: ClientOptions): ChosenInterface {
  const providers = [...built, ...(options.transports ?? [])];
  const offered = card.supportedInterfaces ?? [];
  const known = offered.flatMap((each) => {
    const provider = providers.find(
      ({ binding, reaches }) => binding === each.protocolBinding && reaches(each.url),
    );
    return provider ? [{ interface: each, provider }] : [];
  });
  const usable = known.filter((each) => major(each.interface.protocolVersion) === major(protocolVersion));
  const preferred = (options.bindings ?? []).flatMap((binding) =>
    usable.filter(({ provider }) => provider.binding === binding),
  );
  const [chosen] = [...preferred, ...usable];
  if (chosen) {
    return { interface: chosen.interface, transport: chosen.provider.open(chosen.interface.url, options) };
  }
  const offers =
    offered.map((each) => `${each.protocolBinding} ${each.protocolVersion}`).join(", ") || "nothing";
  const spoken = providers.map(({ binding }) => binding).join(" and ");
  throw new A2AError(
    known.length > 0 ? "VERSION_NOT_SUPPORTED" : "UNSUPPORTED_OPERATION",
    `The agent offers ${offers}; this client speaks ${spoken} ${protocolVersion}`,
  );
}
