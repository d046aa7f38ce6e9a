/** The store and the bus that `parley serve` is told. */
import { resolve } from "node:path";
import type { ServeOptions } from "@parley/a2a/node";
import type { Config } from "../config/index.js";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";
import { placeOf } from "../store/place.js";
import type { Sdk } from "./load-agent.js";

/** A node beats four times in it, and a busy machine or database takes its time. */
const shortestLease = 1000;

/** @throws Failure A2ACLI_ERR_USAGE */
export async function toStore(
  config: Config,
  io: Io,
  sdk: Sdk,
): Promise<Pick<ServeOptions, "store" | "bus" | "cluster">> {
  const place = placeOf(config);
  const shared = place !== undefined && "url" in place;
  for (const name of ["bus", "lease"] as const)
    if (config.get(name) !== undefined && !shared)
      throw usage(`--${name} is for nodes that share a store: name it with --store postgres://…`);
  const [bus, leaseMillis] = [config.get("bus"), config.get("lease")];
  if (leaseMillis !== undefined && leaseMillis < shortestLease)
    throw usage("--lease: a node needs a second at least to say that it lives");
  if (place === undefined) return {};
  if ("file" in place) return { store: (await sdk.sqlite()).sqlite(resolve(io.cwd, place.file)) };
  const { postgres } = await sdk.postgres();
  const store = postgres(place.url, { migrate: config.get("migrate") });
  const options = { store, ...(leaseMillis !== undefined && { cluster: { leaseMillis } }) };
  if (bus === undefined || /^postgres(ql)?:\/\//.test(bus)) return options;
  if (!/^(nats|tls):\/\//.test(bus))
    throw usage("--bus: expected nats://host:port, or tls:// for NATS with TLS");
  const { natsBus } = await sdk.nats();
  return { ...options, bus: natsBus(bus) };
}
