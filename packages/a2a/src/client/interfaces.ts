/** Which interface of a card to use, and what carries calls to it (spec 8.3.2). */
import { httpJsonClient } from "../bindings/http-json/client.js";
import { jsonrpcClient } from "../bindings/jsonrpc/client.js";
import { type Check, check } from "../codec/index.js";
import {
  A2AError,
  type AgentCard,
  type AgentInterface,
  askedVersion,
  protocolVersion,
} from "../protocol/index.js";
import { httpTransports } from "./http-transport.js";
import type { ClientOptions } from "./options.js";
import type { Transport, TransportProvider } from "./transport.js";
import { displayUrl } from "./transport-error.js";

const built = httpTransports({ JSONRPC: jsonrpcClient, "HTTP+JSON": httpJsonClient });

export interface ChosenInterface {
  readonly interface: AgentInterface;
  readonly transport: Transport;
  /** For its answers. */
  readonly check: Check;
}

/** A version and what carries its calls. */
interface Spoken {
  readonly names: readonly string[];
  readonly transports: readonly TransportProvider[];
  readonly check?: Check | undefined;
}

/**
 * The first interface that this client can use: of the newest version, and there of the bindings preferred, in that
 * order, or else in card order.
 *
 * @throws A2AError VERSION_NOT_SUPPORTED when only the versions do not fit, UNSUPPORTED_OPERATION otherwise.
 */
export function chooseInterface(card: AgentCard, options: ClientOptions): ChosenInterface {
  const { transports: brought = [] } = options;
  const own: Spoken = { names: [protocolVersion], transports: [...built, ...brought] };
  const others = (options.versions ?? []).map((version) => {
    const { newer, names, clients, grpc, check } = version;
    const carried = grpc ? brought.flatMap((provider) => provider.older?.(grpc) ?? []) : [];
    return { newer, names, transports: [...httpTransports(clients, version), ...carried], check };
  });
  const versions: Spoken[] = [
    ...others.filter(({ newer }) => newer),
    own,
    ...others.filter(({ newer }) => !newer),
  ];
  const offered = card.supportedInterfaces ?? [];
  for (const { names, transports, check: itsCheck = check } of versions) {
    const known = reachable(offered, transports);
    const usable = known.filter((each) => names.some((name) => speaks(name, each.interface)));
    const preferred = (options.bindings ?? []).flatMap((binding) =>
      usable.filter(({ provider }) => provider.binding === binding),
    );
    const [chosen] = [...preferred, ...usable];
    if (chosen === undefined) continue;
    const transport = chosen.provider.open(chosen.interface.url, options);
    return { interface: chosen.interface, transport, check: itsCheck };
  }
  const offers =
    offered
      .map((each) => `${each.protocolBinding} ${each.protocolVersion} at ${displayUrl(each.url)}`)
      .join(", ") || "nothing";
  const bindings = own.transports.map(({ binding }) => binding).join(" and ");
  const spoken = versions.flatMap(({ names }) => names).join(", ");
  throw new A2AError(
    reachable(offered, own.transports).length > 0 ? "VERSION_NOT_SUPPORTED" : "UNSUPPORTED_OPERATION",
    `The agent offers ${offers}; this client speaks ${bindings} ${spoken}`,
  );
}

function reachable(offered: readonly AgentInterface[], transports: readonly TransportProvider[]) {
  return offered.flatMap((each) => {
    const provider = transports.find(
      ({ binding, reaches }) => binding === each.protocolBinding && reaches(each.url),
    );
    return provider ? [{ interface: each, provider }] : [];
  });
}

/** Every 1.x is one to this client; before 1.0 each minor version was another. */
function speaks(name: string, offered: AgentInterface): boolean {
  const version = askedVersion(offered.protocolVersion) ?? offered.protocolVersion;
  return name === protocolVersion ? version.split(".", 1)[0] === "1" : version === name;
}
