/** How large a task may become, on every store: what passes that fails, stays readable, and concerns nobody else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RealServer, startPostgres } from "@parley/servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import {
  type AgentContext,
  type AgentRequest,
  artifact,
  completed,
  defineAgent,
  inputRequired,
  working,
} from "../../src/agent/index.js";
import type { Store } from "../../src/ports/index.js";
import { postgres } from "../../src/postgres.js";
import type { Task } from "../../src/protocol/index.js";
import { createServer } from "../../src/server.js";
import { memory } from "../../src/stores/memory/index.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { plainCall } from "../plain-call.js";
import { hub } from "./hub.js";
import { reasonOf, rig } from "./rig.js";
import { type SharedStore, shared } from "./shared-store.js";

const taskSize = 40_000;
const chunk = "x".repeat(1100);
let closed = 0;

async function* execute({ text }: AgentRequest, context: AgentContext) {
  const [what, count] = text.split(" ");
  try {
    if (what === "stream") yield artifact("out", "");
    if (what === "stream" || what === "more")
      for (let i = 0; i < Number(count); i++) yield artifact("out", chunk, { append: true });
    if (what === "say") for (let i = 0; i < Number(count); i++) yield working(`${i}${chunk}`);
    if (what === "once") yield artifact("out", "x".repeat(Number(count)));
    if (what === "odd") yield artifact("out", "\u0001".repeat(Number(count)));
    if (what === "last") yield completed("x".repeat(Number(count)));
    if (what === "talk") yield working();
    if (what === "talk") for (;;) await context.nextMessage();
    if (text.endsWith("ask")) return inputRequired("What?");
    if (text.endsWith("hang") && !context.resumed) await new Promise(() => {});
  } finally {
    closed++;
  }
}

const output = ({ artifacts }: Task) => artifacts?.[0]?.parts[0]?.text ?? "";
const outcome = ({ status }: Task) => [status.state, status.message?.parts[0]?.text];
const tooLarge = [
  "TASK_STATE_FAILED",
  "The agent was stopped. The task would become too large: it may have 40,000 characters with all its messages and artifacts.",
];
const now = { returnImmediately: true };
const patient = { timeout: 10_000 };

type Started = Pick<Awaited<ReturnType<typeof rig>>, "engine" | "store"> & { stop(): Promise<void> };

type Ending = readonly [string, (node: Started) => Promise<void>];

const stopped = (node: Started) => node.stop();
const stopping: Ending = ["its process was stopped", stopped];
const dying: Ending = ["another node took it over", died];

async function died({ engine, store }: Started) {
  engine.cluster?.stop();
  if ("kill" in store) (store as SharedStore).kill(engine.cluster?.node as string);
}

/** @param places Gives what opens the same store again and again. */
function suite(places: () => () => Store, endings = [stopping]) {
  let open: () => Store;
  beforeEach(() => {
    open = places();
  });
  const { bus } = hub();
  const start = async (resumable = false) => {
    const store = open();
    const { nodes } = store;
    const cluster = nodes && { cluster: { nodes, bus: bus(), leaseMillis: 500, checkMillis: 5 } };
    const made = await rig(execute, { taskSize, resumable, store, ...cluster });
    return { ...made, stop: () => made.engine.close().then(() => store.close()) };
  };

  it("a stream of chunks ends where there is no more room, and what there was can be read", async () => {
    const { stream, get, send, logged, stop } = await start();
    const before = closed;
    const reader = await stream("stream 1000");
    const other = send("stream 3");
    expect(await reader.done).toBe("end");
    const events = reader.parsed;
    expect(events.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_FAILED");
    const written = reader.events.slice(0, -1).reduce((sum, { json }) => sum + json.length, 0);
    expect(written).toBeLessThan(taskSize + 200);
    expect(written).toBeGreaterThan(taskSize - 1500);
    const task = await get(events[0]?.task?.id as string);
    expect(outcome(task)).toEqual(tooLarge);
    expect(output(task)).toBe(chunk.repeat(events.length - 3));
    expect(outcome(await other)[0]).toBe("TASK_STATE_COMPLETED");
    expect(closed - before).toBe(2);
    expect(logged.map(({ message }) => message)).toEqual(["A task was ended that became too large"]);
    await stop();
  });

  it.each([
    ["messages of the agent", "say 100"],
    ["one event", "once 41000"],
    ["one event that is too long once it is written", "odd 7000"],
    ["the last message", "last 41000"],
  ])("%s may pass it as well", async (_, text) => {
    const { send, stop } = await start();
    const [large, other] = await Promise.all([send(text), send("once 30000")]);
    expect(outcome(large)).toEqual(tooLarge);
    expect(outcome(other)[0]).toBe("TASK_STATE_COMPLETED");
    await stop();
  });

  it.each(["talk", "ask"])("a client's message for which there is no room is refused (%s)", async (text) => {
    const { send, get, cancel, stop } = await start();
    const { id } = await send(`${text} ${chunk.repeat(20)} ${text}`, {}, now);
    await expect.poll(async () => (await get(id)).status.state, patient).toMatch(/WORKING|INPUT_REQUIRED/);
    const before = await get(id);
    expect(await reasonOf(send(chunk.repeat(20), { taskId: id }))).toBe("UNSUPPORTED_OPERATION");
    expect(await get(id)).toEqual(before);
    expect((await cancel(id)).status.state).toBe("TASK_STATE_CANCELED");
    await stop();
  });

  it.each([
    ["", false],
    [", and the agent can begin again", true],
  ])("what a task had before its process was stopped counts%s", async (_, resumable) => {
    const a = await start(resumable);
    const { id } = await a.send("stream 20 ask");
    await a.stop();
    const b = await start(resumable);
    expect(outcome(await b.send("more 10 ask", { taskId: id }))[0]).toBe("TASK_STATE_INPUT_REQUIRED");
    const task = await b.send("more 30", { taskId: id });
    expect(outcome(task)).toEqual(tooLarge);
    expect(output(task).length).toBeGreaterThan(30_000);
    await b.stop();
  });

  it.each(endings)("what a task had when it is begun again counts: %s", async (_, end) => {
    const a = await start(true);
    const { id } = await a.send("stream 20 hang", {}, now);
    await expect.poll(async () => output(await a.get(id)).length, patient).toBe(20 * chunk.length);
    await end(a);
    const b = await start(true);
    await expect.poll(async () => outcome(await b.get(id)), patient).toEqual(tooLarge);
    await b.stop();
    if (end !== stopped) await a.stop();
  });

  if (!endings.includes(dying)) return;
  it("what came by way of another node counts", async () => {
    const [a, b] = [await start(), await start()];
    const { id } = await a.send("talk", {}, now);
    const message = chunk.repeat(20);
    await b.send(message, { taskId: id }, now);
    await expect.poll(() => a.engine.live(id)?.task.history?.length, patient).toBe(2);
    expect(await reasonOf(a.send(message, { taskId: id }, now))).toBe("UNSUPPORTED_OPERATION");
    expect((await b.cancel(id)).status.state).toBe("TASK_STATE_CANCELED");
    await Promise.all([a.stop(), b.stop()]);
  });
}

it("is a limit of the server", async () => {
  const agent = defineAgent({ card: { name: "x", description: "x", version: "1" }, execute });
  const server = createServer(agent, { limits: { taskSize } });
  const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "once 41000" }] };
  const { json } = await server.dispatcher.unary("SendMessage", { message }, plainCall);
  expect(outcome((JSON.parse(json) as { task: Task }).task)).toEqual(tooLarge);
  await server.close();
  expect(() => createServer(agent, { limits: { taskSize: 0 } })).toThrow(TypeError);
});

const same = (store: Store) => () => store;

describe("memory", () => suite(() => same(memory())));

describe("several nodes", () => suite(() => same(shared()), [stopping, dying]));

describe("sqlite", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-size-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  suite(() => {
    const path = join(folder, `${files++}.db`);
    return () => sqlite(path);
  });
});

describeWith("postgres", "postgres", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server?.remove());
  let schemas = 0;
  suite(() => {
    const schema = `size_${schemas++}`;
    return () => postgres(server.url, { schema });
  }, [stopping, dying]);
});
