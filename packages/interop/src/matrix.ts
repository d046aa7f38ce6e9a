/** All pairs: their clients with our server, our client with their servers, over each binding both have. */
import { startAgent } from "./agent.js";
import { type Cell, cells } from "./cells.js";
import { Driver } from "./driver.js";
import type { Hooks } from "./hooks.js";
import type { Outcome, Place } from "./known.js";
import { type Binding, commandOf, type Peer, type Protocol, peerNamed, peers, us } from "./peers.js";

/** A client and a server that speak a version. */
export interface Pair {
  readonly client: Peer;
  readonly server: Peer;
  readonly protocol: Protocol;
}

/** Both directions between a peer and us, as far as it has both sides. */
export function pairsWith(peer: Peer): Pair[] {
  const ours = peerNamed(us);
  return peer.protocols.flatMap((protocol) => [
    { client: peer, server: ours, protocol },
    ...(peer.server ? [{ client: ours, server: peer, protocol }] : []),
  ]);
}

export const others: readonly Peer[] = peers.filter(({ name }) => name !== us);

export const bindingsOf = ({ client, server }: Pair): Binding[] =>
  client.bindings.filter((binding) => (server.serverBindings ?? server.bindings).includes(binding));

/** The cells of a pair that both sides have calls for. */
export function cellsOf({ client, server, protocol }: Pair): Cell[] {
  return cells.filter(
    ({ id, protocols }) => (protocols?.includes(protocol) ?? true) && !lack({ client, server }, id),
  );
}

/** Why a pair cannot try a cell. */
export function lack({ client, server }: Pick<Pair, "client" | "server">, cell: string): string | undefined {
  return client.lacks?.client?.[cell] ?? server.lacks?.server?.[cell];
}

export function placesOf(pair: Pair): Place[] {
  const { client, server } = pair;
  return bindingsOf(pair).flatMap((binding) =>
    cellsOf(pair).map(({ id }) => ({ client: client.name, server: server.name, binding, cell: id })),
  );
}

/** Tries every cell of a pair. A server that does not start fails them all. */
export async function runPair(
  pair: Pair,
  hooks: Hooks,
  report: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome);
    report(outcome);
  };
  try {
    const agent = await startAgent(pair.server, pair.protocol);
    try {
      for (const binding of bindingsOf(pair)) await runBinding(pair, binding, agent.url, hooks, tell);
    } finally {
      agent.close();
    }
  } catch (error) {
    for (const place of placesOf(pair)) tell({ ...place, failure: String(error) });
  }
  return outcomes;
}

async function runBinding(
  pair: Pair,
  binding: Binding,
  url: string,
  hooks: Hooks,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const { client, server, protocol } = pair;
  const start = () => new Driver(commandOf(client, "client", [url, binding, protocol]));
  let driver = start();
  try {
    for (const cell of cellsOf(pair)) {
      const place = { client: client.name, server: server.name, binding, cell: cell.id };
      try {
        await cell.run(driver, hooks, protocol);
        tell(place);
      } catch (error) {
        tell({ ...place, failure: error instanceof Error ? error.message : String(error) });
        // What a failed cell left under way shall not disturb the next.
        driver.close();
        driver = start();
      }
    }
  } finally {
    driver.close();
  }
}
