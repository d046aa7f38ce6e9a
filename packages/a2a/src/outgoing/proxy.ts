/** Connections through an HTTP proxy, for networks that have no other way out (CONNECT, RFC 9110 9.3.6). */
import http, { type Agent } from "node:http";
import type { Duplex } from "node:stream";
import { OutgoingError } from "./errors.js";

/** How long the proxy may take to connect, in milliseconds. */
const timeoutMs = 30_000;

/** @throws TypeError when it is not an http URL */
export function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:") throw new TypeError("A proxy is named by an http URL");
  return url;
}

/** Has an agent connect through the proxy, which resolves the names. @param secure Whether the agent speaks TLS. */
export function throughProxy<T extends Agent>(agent: T, proxy: URL, secure: boolean): T {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    tunnel(proxy, `${options.host}:${options.port}`, (error, socket) => {
      if (socket === undefined) callback?.(error as OutgoingError, undefined as never);
      else callback?.(null, secure ? (connect({ ...options, ...{ socket } }) as Duplex) : socket);
    });
    return undefined;
  };
  return agent;
}

function tunnel(
  proxy: URL,
  target: string,
  done: (error: OutgoingError | undefined, socket?: Duplex) => void,
): void {
  const request = http.request({
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port || 80,
    method: "CONNECT",
    path: target,
    headers: { host: target, ...authorization(proxy) },
    agent: false,
    timeout: timeoutMs,
  });
  request.once("connect", (response, socket) => {
    if (response.statusCode === 200) return done(undefined, socket);
    socket.destroy();
    done(new OutgoingError("CONNECT", `The proxy did not connect to ${target} (${response.statusCode})`));
  });
  request.once("response", (response) => {
    response.destroy();
    done(new OutgoingError("CONNECT", `The proxy did not connect to ${target} (${response.statusCode})`));
  });
  request.once("timeout", () => request.destroy(new Error("timeout")));
  request.once("error", (cause) =>
    done(new OutgoingError("CONNECT", "The proxy cannot be reached", { cause })),
  );
  request.end();
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}
