/** An agent on a gRPC port of its own, by @grpc/grpc-js. */
import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { batching, current, type GrpcWire, grpcService, readPem, serviceOf } from "../bindings/grpc/index.js";
import { silent } from "../ports/index.js";
import type { A2AServer } from "../server.js";
import { authority, reachableAuthority } from "./authority.js";
import type { GrpcOptions } from "./grpc-options.js";

export type { GrpcOptions } from "./grpc-options.js";

export interface GrpcListening {
  /**
   * `localhost:4101`: the host that was told, or localhost, where `https://` in front tells of TLS, which clients do
   * not expect there. What the card's GRPC interface names.
   */
  readonly address: string;
  readonly port: number;
  /** For further services. */
  readonly server: Server;
  /** Health checks are answered with NOT_SERVING from here on. */
  retire(): void;
  /** Sends clients away (GOAWAY); calls under way go on. */
  part(): void;
  /**
   * Takes no more calls, lets those under way finish, then cuts what is left.
   * @param finish Called in between: what ends runs and streams in an orderly way.
   * @param timeoutMs Asked then for what calls under way still get; `closeTimeout` unless told.
   */
  close(finish?: () => Promise<void>, timeoutMs?: () => number): Promise<void>;
}

/**
 * Serves `lf.a2a.v1.A2AService` (spec 10), and the services of older versions that the agent speaks. Opens the agent's server, and leaves closing it to the caller.
 *
 * @throws Error saying in plain words that the address is taken or not allowed; when a certificate cannot be read
 *
 * @example
 * const grpc = await serveGrpc(createServer(agent), { port: 4101 });
 */
export async function serveGrpc(
  agent: Pick<A2AServer, "dispatcher" | "open"> & Partial<Pick<A2AServer, "versions" | "card">>,
  options: GrpcOptions = {},
): Promise<GrpcListening> {
  const { host = "127.0.0.1", closeTimeout = 5_000, log = silent } = options;
  const credentials = credentialsOf(options);
  await agent.open();
  const others = (agent.versions ?? []).flatMap(({ names, grpc }) =>
    grpc ? { names, wire: grpc, dispatcher: grpc.dispatcher(agent.dispatcher, () => agent.card) } : [],
  );
  const asked = others.filter(({ wire }) => wire.package === current.package);
  const older = others.filter(({ wire }) => wire.package !== current.package);
  const wires = [current, ...older.map(({ wire }) => wire)];
  const server = new Server(settings(options, wires));
  const services = [
    grpcService(agent.dispatcher, log, current, asked),
    ...older.map(({ wire, dispatcher }) => grpcService(dispatcher, log, wire)),
  ];
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const unhealthy = await addServices(server, wires, options);
  const port = await bound(server, host, options.port ?? 0, credentials);
  const reachable = reachableAuthority(host, port);

  let closed: Promise<void> | undefined;
  const part = () => {
    unhealthy?.();
    closed ??= new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    return closed;
  };
  return {
    address: options.tls && reachable.startsWith("localhost:") ? `https://${reachable}` : reachable,
    port,
    server,
    retire: () => unhealthy?.(),
    part: () => void part(),
    async close(finish, timeoutMs = () => closeTimeout) {
      const parted = part();
      await finish?.();
      const deadline = setTimeout(() => server.forceShutdown(), timeoutMs());
      await parted;
      clearTimeout(deadline);
    },
  };
}

/** Loads only what is asked for. */
async function addServices(server: Server, wires: readonly GrpcWire[], { health, reflection }: GrpcOptions) {
  if (!health && !reflection) return undefined;
  const { addHealth, addReflection } = await import("./grpc-services.js");
  if (reflection) await addReflection(server, wires);
  return health ? addHealth(server, wires.map(serviceOf)) : undefined;
}

function settings(
  { bodyBytes = 10_000_000, keepaliveMillis = 30_000 }: GrpcOptions,
  wires: readonly GrpcWire[],
): ServerOptions {
  return {
    interceptors: [batching(wires)],
    "grpc.max_receive_message_length": bodyBytes,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": keepaliveMillis,
    "grpc.keepalive_timeout_ms": 20_000,
  };
}

function credentialsOf({ tls }: GrpcOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: readPem(tls.cert), private_key: readPem(tls.key) };
  const clientCa = tls.clientCa === undefined ? null : readPem(tls.clientCa);
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}

function bound(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<number> {
  const address = authority(host, port);
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, taken) => {
      if (error === null) return resolve(taken);
      const why = /EADDRINUSE/.test(error.message) ? "another process listens there" : error.message;
      reject(new Error(`Cannot listen on ${address}: ${why}`, { cause: error }));
    });
  });
}
