/** An agent online in one call. */
import type { Server } from "node:http";
import type { Agent } from "../../agent/index.js";
import {
  allowedByEnvironment,
  createOutgoing,
  type OutgoingOptions,
  proxyByEnvironment,
} from "../../outgoing/index.js";
import type { Log } from "../../ports/index.js";
import type { AgentCard } from "../../protocol/index.js";
import { type A2AServer, createServer, type ServerOptions } from "../../server.js";
import type { GrpcListening } from "../grpc.js";
import type { GrpcBesideOptions } from "../grpc-options.js";
import { type ListenOptions, listen } from "./listen.js";
import { stderrLog } from "./stderr-log.js";

export interface ServeOptions extends ServerOptions, ListenOptions {
  /** Speaks gRPC as well, on a port of its own. Needs the package `@grpc/grpc-js`. */
  readonly grpc?: GrpcBesideOptions;
  /**
   * Where webhooks may go besides public addresses, and through which proxy; as `PARLEY_ALLOW_PRIVATE` and
   * `PARLEY_PROXY` say unless told.
   */
  readonly outgoing?: OutgoingSettings;
}

export type OutgoingSettings = Pick<OutgoingOptions, "allow" | "allowPrivate" | "proxy">;

/** An agent that is online. */
export interface Serving extends AsyncDisposable {
  /** Where it is reached: `publicUrl`, or the address it listens on; without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The public card. */
  readonly card: AgentCard;
  readonly server: Server;
  /** The gRPC port, if there is one. */
  readonly grpc: { readonly address: string; readonly port: number } | undefined;
  /**
   * For the end of a process: says at `/readyz` that it is not ready and refuses further messages (UNAVAILABLE), while
   * everything else is still answered and tasks under way may end; then hands over or ends those that have not, and
   * closes. With a store that nodes share, readers of streams are sent to other nodes at once.
   *
   * @param deadlineMs When it is over whatever happens, in milliseconds; 30 s unless told. Tasks get two thirds of it
   * at least, or of what the notice leaves.
   * @param noticeMs For how long messages are still taken after `/readyz` has said no, so that whoever sends them here
   * hears of it, in milliseconds; 0 unless told, and at most a third of the deadline.
   */
  drain(deadlineMs?: number, noticeMs?: number): Promise<void>;
  /** Takes no more requests, ends runs and streams, writes what is pending, closes the store. */
  close(): Promise<void>;
}

/**
 * Puts an agent online, over JSON-RPC and HTTP+JSON, on one port. If not told otherwise it logs to standard
 * error, and sends webhooks to public addresses and those that PARLEY_ALLOW_PRIVATE names, through the proxy that
 * PARLEY_PROXY names.
 *
 * @throws Error when the address is taken or the store cannot be opened
 * @throws TypeError when options contradict each other, or `outgoing` names what is no host, address, range or proxy
 * @throws A2AError INVALID_PARAMS when the card is not valid
 *
 * @example
 * const { url } = await serve(agent, { port: 4100, store: sqlite("tasks.db") });
 */
export async function serve(agent: Agent, options: ServeOptions = {}): Promise<Serving> {
  const outgoing = createOutgoing(outgoingOf(options.outgoing));
  const { log = stderrLog } = options;
  const server = createServer(agent, { post: outgoing.post, ...options, log });
  const stop = async (left?: () => number) => {
    // Answers on their way come after it.
    await server.close(left && 0.8 * left());
    outgoing.close();
  };
  await server.open();
  let withoutGrpc: unknown;
  const grpc = await openGrpc(server, options, log).catch(async (error) => {
    withoutGrpc = error;
    if (options.grpc?.optional) return undefined;
    await stop();
    throw error;
  });
  const stopAll = (left?: () => number) => (grpc ? grpc.close(() => stop(left), left) : stop(left));
  const listening = await listen(server.handle, options).catch(async (error) => {
    await stopAll();
    throw error;
  });
  const url = (options.publicUrl ?? listening.url + (options.basePath ?? "")).replace(/\/+$/, "");
  server.reachableAt(listening.url, grpc && grpcAddress(grpc, options));
  if (withoutGrpc instanceof Error) log.warn("Online without gRPC", { reason: withoutGrpc.message });
  let closing: Promise<void> | undefined;
  const close = (left?: () => number) => {
    closing ??= listening.close(() => stopAll(left), left);
    return closing;
  };
  const drain = async (deadlineMs = 30_000, noticeMs = 0) => {
    const end = performance.now() + deadlineMs;
    const left = () => Math.max(0, end - performance.now());
    listening.part();
    grpc?.retire();
    if (noticeMs > 0) {
      server.retire();
      await new Promise((resolve) => setTimeout(resolve, Math.min(noticeMs, deadlineMs / 3)));
    }
    if (options.store?.nodes) grpc?.part();
    await server.drain(Math.round(left() - Math.min(10_000, left() / 3)));
    await close(left);
  };
  return {
    url,
    port: listening.port,
    server: listening.server,
    grpc: grpc && { address: grpc.address, port: grpc.port },
    get card() {
      return server.card;
    },
    drain,
    close: () => close(),
    [Symbol.asyncDispose]: () => close(),
  };
}

/** What is said here counts, and for what is not, the environment. */
function outgoingOf({ allow, allowPrivate, proxy }: OutgoingSettings = {}): OutgoingSettings {
  const told = allow !== undefined || allowPrivate !== undefined;
  return {
    ...(told ? { allow: allow ?? [], allowPrivate: allowPrivate ?? false } : allowedByEnvironment()),
    ...(proxy === undefined ? proxyByEnvironment() : { proxy }),
  };
}

/** Loads nothing unless gRPC is asked for. */
async function openGrpc(
  server: A2AServer,
  { grpc, host, limits }: ServeOptions,
  log: Log,
): Promise<GrpcListening | undefined> {
  if (grpc === undefined) return undefined;
  const { serveGrpc } = await import("../grpc.js");
  return serveGrpc(server, { host, bodyBytes: limits?.bodyBytes, log, ...grpc });
}

/** What the card says: who has a public name over HTTP has it over gRPC. */
function grpcAddress({ address, port }: GrpcListening, { publicUrl, grpc }: ServeOptions): string {
  if (grpc?.publicUrl !== undefined) return grpc.publicUrl;
  return publicUrl === undefined ? address : `${new URL(publicUrl).hostname}:${port}`;
}
