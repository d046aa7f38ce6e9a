import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createOutgoing } from "../../src/outgoing/index.js";
import { Entry, type Log, type Store, type TaskEvent } from "../../src/ports/index.js";
import type { TaskState } from "../../src/protocol/index.js";
import { Push, type PushOptions } from "../../src/push/index.js";
import { memory } from "../../src/stores/memory/index.js";

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

/** A real Push over a store and the guarded client; its log lines. */
export async function pushing({
  store = memory(),
  ...options
}: Partial<PushOptions> & { store?: Store } = {}) {
  const lines: Line[] = [];
  const say = (message: string, fields: Line["fields"] = {}) => void lines.push({ message, fields });
  const log: Log = { error: say, warn: say, info: say };
  const outgoing = createOutgoing({ allowPrivate: true, maxConnectionsPerHost: 64 });
  await store.open();
  const push = new Push({ store, post: outgoing.post, log, schedule: [5, 10, 20, 40], ...options });
  await push.open();
  let closed = false;
  const close = async (deadlineMs?: number) => {
    if (closed) return;
    closed = true;
    await push.close(deadlineMs);
  };
  closers.push(async () => {
    await close(0);
    outgoing.close();
    await store.close();
  });

  /** Appends so many entries to a task, the first one creating it, and publishes them. */
  async function tell(taskId: string, count: number, last: TaskState = "TASK_STATE_WORKING"): Promise<void> {
    const added = await append(store, taskId, count, last);
    push.publish(taskId, added);
  }
  return { push, store, lines, outgoing, close, tell };
}

/** Appends so many entries to a task, the first one creating it; nobody is told. */
export async function append(
  store: Store,
  taskId: string,
  count: number,
  last: TaskState = "TASK_STATE_WORKING",
): Promise<readonly Entry[]> {
  const before = (await store.journal.head(taskId))?.seq ?? 0;
  const entries = Array.from({ length: count }, (_, i) =>
    entry(taskId, before + i + 1, i === count - 1 ? last : "TASK_STATE_WORKING"),
  );
  const seq = before + count;
  const head = { id: taskId, contextId: `c-${taskId}`, owner: "", state: last, statusMillis: seq, seq };
  const refused = await store.journal.append([{ head, expected: before, entries }]);
  if (refused.length > 0) throw new Error("refused");
  return entries;
}

function entry(taskId: string, seq: number, state: TaskState): Entry {
  const contextId = `c-${taskId}`;
  const metadata = { seq };
  const event: TaskEvent =
    seq === 1
      ? { task: { id: taskId, contextId, status: { state }, metadata } }
      : { statusUpdate: { taskId, contextId, status: { state }, metadata } };
  return new Entry(seq, event);
}

/** The sequence numbers of what was received. */
export function seqs(got: readonly Notification[]): number[] {
  return got.map(({ body }) => {
    const { task, statusUpdate } = JSON.parse(body);
    return (statusUpdate ?? task).metadata.seq;
  });
}

export const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);
