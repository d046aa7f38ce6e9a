/**
 * A scripted agent on node:http that answers on both bindings, for what a well-behaved server never does:
 * broken streams, odd states, odd cards. It remembers every request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly operation: string;
  readonly params: Record<string, unknown>;
  readonly binding: "JSONRPC" | "HTTP+JSON";
  readonly headers: IncomingMessage["headers"];
  readonly url: URL;
}

export type Answer =
  | { readonly result: unknown }
  | { readonly events: readonly unknown[]; readonly finish?: "close" | "cut" | "hang" }
  | { readonly error: { readonly code: number; readonly message: string; readonly reason: string } }
  | { readonly status: number };

export interface WireAgent {
  readonly url: string;
  readonly asked: Asked[];
  readonly cardRequests: IncomingMessage["headers"][];
}

export interface Script {
  readonly card?: Record<string, unknown>;
  /** Turns the card into what is sent; the default is JSON. */
  readonly cardBody?: string;
  readonly cardStatus?: number;
  readonly answer?: (asked: Asked, earlier: readonly Asked[]) => Answer | Promise<Answer>;
}

export function cardOf(url: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "Scripted",
    description: "Does as it is told",
    version: "1.0.0",
    supportedInterfaces: [
      { url, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
      { url, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
    ],
    capabilities: { streaming: true },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "s", name: "Skill", description: "A skill", tags: ["t"] }],
    ...more,
  };
}

export function task(state: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: "t-1", contextId: "c-1", status: { state }, ...more };
}

export function status(state: string, text?: string): Record<string, unknown> {
  const message =
    text === undefined ? {} : { message: { messageId: "m", role: "ROLE_AGENT", parts: [{ text }] } };
  return { statusUpdate: { taskId: "t-1", contextId: "c-1", status: { state, ...message } } };
}

const rest: readonly (readonly [verb: string, path: RegExp, operation: string])[] = [
  ["POST", /^\/message:send$/, "SendMessage"],
  ["POST", /^\/message:stream$/, "SendStreamingMessage"],
  ["GET", /^\/tasks\/([^/:]+)$/, "GetTask"],
  ["GET", /^\/tasks$/, "ListTasks"],
  ["POST", /^\/tasks\/([^/:]+):cancel$/, "CancelTask"],
  ["POST", /^\/tasks\/([^/:]+):subscribe$/, "SubscribeToTask"],
];

export async function wireAgent(script: Script = {}): Promise<WireAgent> {
  const asked: Asked[] = [];
  const cardRequests: IncomingMessage["headers"][] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", origin());
    if (url.pathname === "/.well-known/agent-card.json") {
      cardRequests.push(request.headers);
      response.writeHead(script.cardStatus ?? 200, { "content-type": "application/json" });
      response.end(script.cardBody ?? JSON.stringify(cardOf(origin(), script.card)));
      return;
    }
    const call = read(request, url, body);
    asked.push(call.asked);
    const answer = (await script.answer?.(call.asked, asked.slice(0, -1))) ?? { status: 404 };
    write(response, call, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: origin(), asked, cardRequests };
}

interface Call {
  readonly asked: Asked;
  readonly id: unknown;
}

function read(request: IncomingMessage, url: URL, body: string): Call {
  const { headers } = request;
  const json = body === "" ? {} : JSON.parse(body);
  if (url.pathname === "/")
    return {
      asked: { operation: json.method, params: json.params, binding: "JSONRPC", headers, url },
      id: json.id,
    };
  const [, path, operation] =
    rest.find(([verb, route]) => verb === request.method && route.test(url.pathname)) ?? [];
  const id = path?.exec(url.pathname)?.[1];
  const params = { ...Object.fromEntries(url.searchParams), ...json, ...(id && { id }) };
  return {
    asked: { operation: operation ?? "?", params, binding: "HTTP+JSON", headers, url },
    id: undefined,
  };
}

function write(response: ServerResponse, { asked, id }: Call, answer: Answer): void {
  const rpc = asked.binding === "JSONRPC";
  const wrap = (result: unknown): string => JSON.stringify(rpc ? { jsonrpc: "2.0", id, result } : result);
  if ("status" in answer) {
    response.writeHead(answer.status, { "content-type": "application/json" }).end("{}");
  } else if ("result" in answer) {
    response.writeHead(200, { "content-type": "application/json" }).end(wrap(answer.result));
  } else if ("error" in answer) {
    const { code, message, reason } = answer.error;
    const details = [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "a2a-protocol.org" },
    ];
    if (rpc) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data: details } }));
    } else {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code: 400, status: "FAILED_PRECONDITION", message, details } }));
    }
  } else {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of answer.events) response.write(`data: ${wrap(event)}\n\n`);
    if (answer.finish === "cut") setImmediate(() => response.destroy());
    else if (answer.finish !== "hang") response.end();
  }
}
