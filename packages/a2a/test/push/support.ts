import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createOutgoing } from "../../src/outgoing/index.js";
import { Entry, type Log, type TaskEvent } from "../../src/ports/index.js";
import type { TaskState } from "../../src/protocol/index.js";
import { Push, type PushOptions } from "../../src/push/index.js";
import { MemoryPushConfigs } from "../../src/stores/memory/push-configs.js";

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export interface Notification {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, notification: Notification, index: number) => void;

/** A webhook receiver on loopback: everything it got, in order of arrival. */
export async function receiver(answer: Answer = (response) => response.writeHead(204).end()) {
  const got: Notification[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const notification = { path: request.url ?? "", headers: request.headers, body };
    answer(response, notification, got.push(notification) - 1);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closers.push(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, got };
}

export interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A real Push over a memory store and the guarded client; its log lines. */
export function pushing(options: Partial<PushOptions> = {}) {
  const lines: Line[] = [];
  const say = (message: string, fields: Line["fields"] = {}) => void lines.push({ message, fields });
  const log: Log = { error: say, warn: say, info: say };
  const outgoing = createOutgoing({ allowPrivate: true, maxConnectionsPerHost: 64 });
  const configs = new MemoryPushConfigs();
  const push = new Push({ configs, post: outgoing.post, log, backoffMs: 5, ...options });
  closers.push(async () => {
    await push.close(0);
    outgoing.close();
  });
  return { push, configs, lines, outgoing };
}

export function status(seq: number, state: TaskState = "TASK_STATE_WORKING", taskId = "t1"): Entry {
  const event: TaskEvent = {
    statusUpdate: { taskId, contextId: "c1", status: { state }, metadata: { seq } },
  };
  return new Entry(seq, event);
}

export function entries(count: number, from = 1): Entry[] {
  return Array.from({ length: count }, (_, i) => status(from + i));
}

/** The sequence numbers of what was received. */
export function seqs(got: readonly Notification[]): number[] {
  return got.map(({ body }) => JSON.parse(body).statusUpdate.metadata.seq);
}
