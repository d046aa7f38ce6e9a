/**
 * The floor: what bare node:http costs for the same bytes. It reads the body, JSON.parses it, keeps a
 * Map, stringifies an answer of the same shape; streams honour drain. It checks nothing and keeps no
 * journal, so nothing that does can be much cheaper.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { announce, listen } from "./contract.js";
import {
  type ListQuery,
  listTasks,
  type Message,
  type Out,
  sendMessage,
  streamMessage,
  tasks,
} from "./floor-tasks.js";
import { openGrpcPort } from "./grpc-port.js";

interface Params extends ListQuery {
  readonly message: Message;
  readonly id: string;
}

interface RpcRequest {
  readonly id: number;
  readonly method: string;
  readonly params: Params;
}

/** Writes events as a careful programmer would by hand: one write each, waiting when told to. */
class EventStream implements Out {
  readonly #response: ServerResponse;
  readonly #request: RpcRequest;
  #id = 0;

  constructor(response: ServerResponse, request: RpcRequest) {
    this.#response = response;
    this.#request = request;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  }

  event(result: object): boolean {
    this.#id += 1;
    const data = JSON.stringify({ jsonrpc: "2.0", id: this.#request.id, result });
    return this.#response.write(`id: ${this.#id}\ndata: ${data}\n\n`);
  }

  async drained(): Promise<void> {
    if (!this.#response.writableNeedDrain) return;
    await once(this.#response, "drain");
  }

  end(): void {
    this.#response.end();
  }
}

function answer(response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function rpc(request: RpcRequest, response: ServerResponse): void {
  const { id, method, params } = request;
  const result = (value: unknown) => answer(response, { jsonrpc: "2.0", id, result: value });
  if (method === "SendMessage") result(sendMessage(params.message));
  else if (method === "GetTask") result(tasks.get(params.id));
  else if (method === "ListTasks") result(listTasks(params));
  else if (method === "SendStreamingMessage")
    void streamMessage(params.message, new EventStream(response, request));
  else if (method === "SubscribeToTask") {
    new EventStream(response, request).event({ task: tasks.get(params.id) });
  } else answer(response, { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
}

function route(path: string, body: string, response: ServerResponse): void {
  if (path === "/message:send") answer(response, sendMessage((JSON.parse(body) as Params).message));
  else if (path === "/") rpc(JSON.parse(body) as RpcRequest, response);
  else answer(response, { name: "floor", description: "bare node:http", version: "1.0.0", skills: [] });
}

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    route(request.url ?? "/", body.toString(), response);
  });
}

const grpc = await openGrpcPort(async () => (await import("./floor-grpc.js")).grpcServer());
listen(createServer(onRequest), (origin) => {
  announce({ jsonrpc: `${origin}/`, rest: origin, grpc, card: `${origin}/.well-known/agent-card.json` });
});
