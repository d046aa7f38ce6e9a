/** A node:http server that speaks the wire exactly as a test says, faults included. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientBindingName } from "../../src/client/index.js";
import type { AgentCard, AgentInterface, StreamResponse, Task, TaskState } from "../../src/protocol/index.js";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The JSON-RPC method, or the route of HTTP+JSON. */
  readonly call: string;
  readonly rpcId: unknown;
}

export type Handler = (request: Seen, response: ServerResponse) => void | Promise<void>;

export interface WireServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

export async function wireServer(handler: Handler): Promise<WireServer> {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method = "", url = "", headers } = incoming;
    const rpc = url === "/rpc" ? JSON.parse(body) : {};
    const request = { method, url, headers, body, call: rpc.method ?? `${method} ${url}`, rpcId: rpc.id };
    seen.push(request);
    await handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function cardFor(
  url: string,
  binding: ClientBindingName,
  extra: Partial<AgentInterface> = {},
): AgentCard {
  return {
    name: "Wire",
    description: "Says what the test says",
    version: "1.0.0",
    supportedInterfaces: [
      {
        url: binding === "JSONRPC" ? `${url}/rpc` : `${url}/rest`,
        protocolBinding: binding,
        protocolVersion: "1.0",
        ...extra,
      },
    ],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "s", name: "S", description: "S", tags: ["s"] }],
  };
}

/** Answers a unary call on either binding. */
export function answer(request: Seen, response: ServerResponse, result: unknown): void {
  const body = request.url === "/rpc" ? { jsonrpc: "2.0", id: request.rpcId, result } : result;
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Refuses a call on either binding. */
export function refuse(
  request: Seen,
  response: ServerResponse,
  status: number,
  code: number,
  reason?: string,
): void {
  const details = reason
    ? [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "a2a-protocol.org" }]
    : [];
  const rpc = request.url === "/rpc";
  const body = rpc
    ? { jsonrpc: "2.0", id: request.rpcId, error: { code, message: "refused", data: details } }
    : { error: { code: status, message: "refused", details } };
  response.writeHead(rpc ? 200 : status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

/** An event as it goes on the wire. */
export function sse(request: Seen, event: object, id?: number | string): string {
  const data = request.url === "/rpc" ? { jsonrpc: "2.0", id: request.rpcId, result: event } : event;
  return `${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

export const taskOf = (state: TaskState, extra: Partial<Task> = {}): Task => ({
  id: "t1",
  contextId: "c1",
  status: { state },
  ...extra,
});

export const statusOf = (state: TaskState): StreamResponse => ({
  statusUpdate: { taskId: "t1", contextId: "c1", status: { state } },
});

export const chunk = (text: string): StreamResponse => ({
  artifactUpdate: {
    taskId: "t1",
    contextId: "c1",
    artifact: { artifactId: "a", parts: [{ text }] },
    append: true,
  },
});

export const bindings = ["JSONRPC", "HTTP+JSON"] as const satisfies ClientBindingName[];

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
