/** An agent that speaks 0.1 and nothing else, written after its JSON Schema; on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;

export interface FirstAgent {
  readonly url: string;
  /** Methods and routes that were asked for, in order, with their params. */
  readonly calls: { readonly method: string; readonly params: Json; readonly headers: object }[];
  close(): Promise<void>;
}

interface Options {
  /** What its card says besides. */
  readonly card?: Json;
  /** How a method that it does not know is refused. */
  readonly unknown?: { readonly status: number; readonly code: number };
  /** Plain HTTP instead of JSON-RPC. */
  readonly plain?: boolean;
  /** How often a task is said to be worked on before it has ended. */
  readonly slow?: number;
}

/** As its first SDKs write it: local time, no zone. */
const timestamp = "2025-04-09T10:11:12.123456";

export async function firstAgent(options: Options = {}): Promise<FirstAgent> {
  const { unknown = { status: 200, code: -32601 }, plain = false, slow = 0 } = options;
  const tasks = new Map<string, Json & { left: number }>();
  const calls: { method: string; params: Json; headers: object }[] = [];

  function work(params: Json): Json {
    const { id, sessionId, message } = params as {
      id: string;
      sessionId: string;
      message: { parts: Json[] };
    };
    const said = String(message.parts[0]?.text ?? "");
    const waiting = tasks.has(id);
    const state = said === "ask" && !waiting ? "input-required" : "completed";
    const reply = { role: "agent", parts: [{ type: "text", text: "Which one?" }] };
    const task = {
      id,
      sessionId,
      status: { state, timestamp, ...(state === "input-required" && { message: reply }) },
      artifacts: [
        {
          index: 0,
          name: "echo",
          parts: said === "back" ? message.parts.slice(1) : [{ type: "text", text: said }],
        },
      ],
      history: [message],
      left: slow,
    };
    tasks.set(id, task);
    return shown(task);
  }

  function shown(task: Json & { left: number }): Json {
    const { left, ...said } = task;
    if (left === 0) return said;
    task.left--;
    return { id: said.id, sessionId: said.sessionId, status: { state: "working", timestamp } };
  }

  const methods: Record<string, (params: Json) => unknown> = {
    "tasks/send": work,
    "tasks/get": ({ id }) => known(id),
    "tasks/cancel": ({ id }) => ({ ...known(id), status: { state: "canceled", timestamp } }),
    "tasks/pushNotification/set": (params) => params,
    "tasks/pushNotification/get": ({ id }) => ({
      id,
      pushNotificationConfig: { url: "https://example.com" },
    }),
  };
  const known = (id: unknown) => {
    const task = tasks.get(String(id));
    if (task === undefined) throw { code: -32001, message: "Task not found" };
    return shown(task);
  };
  const events = (params: Json): Json[] => {
    const id = params.id;
    const piece = (text: string, append: boolean) => ({
      id,
      artifact: { parts: [{ type: "text", text }], index: 0, append, lastChunk: append },
    });
    return [
      { id, status: { state: "working", timestamp }, final: false },
      piece("a", false),
      piece("b", true),
      { id, status: { state: "completed", timestamp }, final: true },
    ];
  };

  function rpc(text: string, headers: object, response: ServerResponse): void {
    const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: Json };
    calls.push({ method, params, headers });
    const tell = (status: number, body: Json) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (method === "tasks/sendSubscribe" || method === "tasks/resubscribe") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const result of events(params))
        response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`);
      response.end();
    } else if (!Object.hasOwn(methods, method)) {
      tell(unknown.status, { jsonrpc: "2.0", error: { code: unknown.code, message: "No such method" } });
    } else {
      try {
        tell(200, { jsonrpc: "2.0", id, result: methods[method]?.(params) });
      } catch (error) {
        tell(200, { jsonrpc: "2.0", id, error });
      }
    }
  }

  function route(request: IncomingMessage, text: string, response: ServerResponse): void {
    const tell = (status: number, body: Json) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { method = "", url = "", headers } = request;
    calls.push({ method: `${method} ${url}`, params: text ? JSON.parse(text) : {}, headers });
    const [, id] = /^\/tasks\/(\w+)$/.exec(url) ?? [];
    if (method === "POST" && url === "/tasks/send") return void tell(200, work(JSON.parse(text)));
    const task = tasks.get(id ?? "");
    if (method === "GET" && task) return void tell(200, shown(task));
    tell(404, { detail: "Not Found" });
  }

  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      if (request.url === "/.well-known/agent.json")
        return void response.writeHead(200, { "content-type": "application/json" }).end(card());
      if (request.url?.startsWith("/.well-known/")) return void response.writeHead(404).end();
      if (plain) return route(request, text, response);
      rpc(text, request.headers, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const card = () =>
    JSON.stringify({
      name: "First",
      url,
      version: "1.0.0",
      capabilities: { streaming: true, pushNotifications: true, stateTransitionHistory: false },
      defaultInputModes: ["text"],
      defaultOutputModes: ["text"],
      skills: [{ id: "echo", name: "Echo" }],
      ...options.card,
    });
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url, calls, close };
}
