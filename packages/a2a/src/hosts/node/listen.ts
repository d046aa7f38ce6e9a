/** An HttpHandler on a socket of its own, with limits on slow and broken clients. */
import { Buffer } from "node:buffer";
import { createServer, type Server, type ServerOptions, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { statusBody } from "../../bindings/error-body.js";
import type { HttpHandler } from "../../bindings/http.js";
import { A2AError } from "../../protocol/index.js";
import { reachableAuthority } from "../authority.js";
import { Connections } from "./request-listener.js";

export interface ListenOptions {
  /** 0, which is the default, takes any free port. */
  readonly port?: number;
  /** Address to listen on; only this machine (127.0.0.1) if not told. "0.0.0.0" or "::" for every interface. */
  readonly host?: string;
  /** Serves https, and tells browsers to stay with it (HSTS). PEM texts. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Milliseconds until the header of a request must be complete; 10 s if not told. */
  readonly headersTimeout?: number;
  /** Milliseconds that the body may take after that, and a reader of an answer may read nothing; 30 s if not told. */
  readonly bodyTimeout?: number;
  /** Milliseconds that answers under way get when the server closes; 5 s if not told. */
  readonly closeTimeout?: number;
}

export interface Listening {
  /** `http://localhost:4100`: the host that was told, or localhost. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Asks clients to leave: each connection is closed after its next answer. New ones are still taken. */
  part(): void;
  /**
   * Takes no more connections, lets answers under way finish and cuts streams.
   * @param finish Called in between: what ends runs and streams in an orderly way.
   * @param timeoutMs Asked then for what answers under way still get; `closeTimeout` unless told.
   */
  close(finish?: () => Promise<void>, timeoutMs?: () => number): Promise<void>;
}

/** @throws Error saying in plain words that the address is taken or not allowed */
export async function listen(handle: HttpHandler, options: ListenOptions = {}): Promise<Listening> {
  const { tls, headersTimeout = 10_000, bodyTimeout = 30_000, closeTimeout = 5_000 } = options;
  const hsts = tls && { headers: { "strict-transport-security": "max-age=31536000" } };
  const connections = new Connections(handle, { bodyTimeout, ...hsts });
  const settings: ServerOptions = {
    headersTimeout,
    // The body has its own clock, which gives an answer; this one ends requests whose body nobody reads.
    requestTimeout: headersTimeout + 2 * bodyTimeout,
    connectionsCheckingInterval: Math.min(5_000, headersTimeout),
    // Longer than proxies keep idle connections, so that they never use one we are about to close.
    keepAliveTimeout: 65_000,
  };
  // TLS takes long to load: only for who wants it.
  const server = tls
    ? (await import("node:https")).createServer({ ...settings, ...tls })
    : createServer(settings);
  // Connections that clients opened ahead of need. To node they are not idle: they may be about to ask.
  const unused = new Set<Duplex>();
  server.on(tls ? "secureConnection" : "connection", (socket: Duplex) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", (message, response) => {
    unused.delete(message.socket);
    connections.answer(message, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (connections.streamsTo(socket)) socket.destroy();
    else refuse(error, socket);
  });
  const port = await bound(server, options);
  const { host = "127.0.0.1" } = options;

  return {
    url: `${tls ? "https" : "http"}://${reachableAuthority(host, port)}`,
    port,
    server,
    part: () => connections.parting(),
    async close(finish, timeoutMs = () => closeTimeout) {
      const closed = new Promise((resolve) => server.close(resolve));
      connections.closing();
      await finish?.();
      connections.cut();
      const sweep = setInterval(() => {
        server.closeIdleConnections();
        for (const socket of unused) socket.destroy();
      }, 20);
      const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs());
      await closed;
      clearInterval(sweep);
      clearTimeout(deadline);
    },
  };
}

function bound(server: Server, { port = 0, host = "127.0.0.1" }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = new Map([
        ["EADDRINUSE", "another process listens there"],
        ["EACCES", "this user may not listen there"],
        ["EADDRNOTAVAIL", "this machine has no such address"],
      ]).get(error.code ?? "");
      reject(new Error(`Cannot listen on ${host}:${port}: ${why ?? error.message}`, { cause: error }));
    });
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** What a client gets to read its refusal before its connection is closed from this side alone. */
const lingerMillis = 1_000;

/** Answers what never became a request, and hangs up. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, error] = refusal(code);
  const body = statusBody(error, status);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Nobody else ends the half of a client that never hangs up.
  setTimeout(() => socket.destroy(), lingerMillis).unref();
}

function refusal(code: string | undefined): [number, A2AError] {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, new A2AError("REQUEST_TIMEOUT", "The request did not arrive in time")];
    case "HPE_HEADER_OVERFLOW":
      return [431, new A2AError("INVALID_REQUEST", "The header is too large")];
    default:
      return [400, new A2AError("INVALID_REQUEST", "This is not HTTP/1.1")];
  }
}
