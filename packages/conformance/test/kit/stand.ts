/**
 * Our own server, whole, with places where a saboteur can reach in: around the operations, around the HTTP of its
 * bindings, and around what gRPC ends calls with.
 */
import {
  connect,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";
import type { Agent } from "@parley/a2a";
import { createServer, type ServerOptions } from "@parley/a2a";
import { v0_1, v0_3 } from "@parley/a2a/compat";
import { serveGrpc } from "@parley/a2a/grpc";
import { listen } from "@parley/a2a/node";
import type { OperationName } from "@parley/a2a/protocol";
import { createHttpHandler, type HttpRequest, type HttpResponse } from "../../../a2a/src/bindings/index.js";
import type { Call, Dispatcher, EventStream, Reply } from "../../../a2a/src/dispatch/contract.js";

/** An operation on its way to the server. */
export interface Asked {
  readonly operation: OperationName;
  readonly request: Readonly<Record<string, unknown>>;
  readonly call: Call;
}

type Answered = Promise<Reply | EventStream>;

/** What breaks a rule, in one of the places. */
export interface Sabotage {
  readonly dispatch?: (asked: Asked, next: (asked?: Partial<Asked>) => Answered) => Answered;
  readonly ask?: (request: HttpRequest) => HttpRequest;
  readonly http?: (request: HttpRequest, response: HttpResponse) => HttpResponse;
  readonly grpc?: (trailers: IncomingHttpHeaders) => IncomingHttpHeaders;
  /** Bytes of messages over gRPC, as many as they were. */
  readonly bytes?: (bytes: Buffer) => Buffer;
}

export interface Stand {
  readonly url: string;
  /** What is broken at the moment. */
  sabotage: Sabotage | undefined;
  close(): Promise<void>;
}

export async function stand(agent: Agent, options: ServerOptions = {}): Promise<Stand> {
  const versions = [v0_3, v0_1];
  const server = createServer(agent, {
    post: async () => ({ status: 200 }),
    ...options,
    versions,
  });
  await server.open();
  const held: { sabotage: Sabotage | undefined } = { sabotage: undefined };
  const around = (
    operation: OperationName,
    request: unknown,
    call: Call,
    verb: keyof Dispatcher,
  ): Answered => {
    const asked: Asked = { operation, request: request as Asked["request"], call };
    const next = async (changed: Partial<Asked> = {}) => {
      const all = { ...asked, ...changed };
      return server.dispatcher[verb](all.operation, all.request, all.call);
    };
    return held.sabotage?.dispatch?.(asked, next) ?? next();
  };
  const dispatcher: Dispatcher = {
    unary: async (...asked) => (await around(...asked, "unary")) as Reply,
    stream: async (...asked) => (await around(...asked, "stream")) as EventStream,
  };
  const handle = createHttpHandler({
    dispatcher,
    card: () => server.card,
    versions,
    ready: async () => {},
    log: silent,
  });
  const listening = await listen(
    async (request: HttpRequest) => {
      const response = dated(request, await handle(held.sabotage?.ask?.(request) ?? request));
      return held.sabotage?.http?.(request, response) ?? response;
    },
    { port: 0 },
  );
  const grpc = await serveGrpc({ dispatcher, versions, open: () => server.open() });
  const front = await grpcFront(grpc.port, () => held.sabotage);
  server.reachableAt(listening.url, `localhost:${front.port}`);
  return {
    url: `${listening.url.replace(/\/$/, "")}/.well-known/agent-card.json`,
    get sabotage() {
      return held.sabotage;
    },
    set sabotage(sabotage) {
      held.sabotage = sabotage;
    },
    async close() {
      front.close();
      await grpc.close();
      await listening.close(() => server.close());
    },
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** As a cache in front of the server would do. */
function dated({ path }: HttpRequest, response: HttpResponse): HttpResponse {
  if (!path.startsWith("/.well-known/")) return response;
  return { ...response, headers: { ...response.headers, "last-modified": "Mon, 01 Sep 2025 00:00:00 GMT" } };
}

/** Passes calls on to a gRPC server, and what it answers through the saboteur. */
async function grpcFront(port: number, saboteur: () => Sabotage | undefined) {
  const edit = (trailers: IncomingHttpHeaders) => saboteur()?.grpc?.(trailers) ?? trailers;
  const back = connect(`http://127.0.0.1:${port}`);
  back.on("error", () => {});
  const front = createHttp2Server();
  front.on("stream", (stream: ServerHttp2Stream, headers) => {
    const { ":path": path, ":method": method } = headers;
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
    const call = back.request({ ":path": path, ":method": method, ...own });
    for (const end of [stream, call]) end.on("error", () => {});
    stream.pipe(call);
    stream.on("close", () => call.close(stream.rstCode));
    let trailers: IncomingHttpHeaders = {};
    call.on("response", (response) => {
      const ended = response["grpc-status"] !== undefined;
      const headers = plain(ended ? edit(response) : response);
      stream.respond({ ":status": 200, ...headers }, { waitForTrailers: !ended, endStream: ended });
    });
    call.on("trailers", (found) => {
      trailers = found;
    });
    stream.on("wantTrailers", () => stream.sendTrailers(plain(edit(trailers))));
    const broken = new Transform({
      transform: (bytes, _, done) => done(null, saboteur()?.bytes?.(bytes) ?? bytes),
    });
    call.pipe(broken).pipe(stream);
  });
  front.listen(0, "127.0.0.1");
  await new Promise((resolve) => front.once("listening", resolve));
  return {
    port: (front.address() as AddressInfo).port,
    close() {
      back.destroy();
      front.close();
    },
  };
}

const plain = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
