/** Messages that are sent again: by several clients at once, on several nodes, over every binding; taken once. */
import { afterEach, describe, expect, it } from "vitest";
import { connect } from "../../src/client/index.js";
import { sendMessage, sendStreamingMessage } from "../../src/engine/index.js";
import { grpc } from "../../src/grpc.js";
import { type ServeOptions, type Serving, serve } from "../../src/hosts/node/index.js";
import { artifact, defineAgent, type Execution, inputRequired, type Log, working } from "../../src/index.js";
import type { Message, Task } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { bindings, call, Events, gate, saying, told } from "../spec/rig.js";
import { hub } from "./hub.js";
import { alice, collect, reasonOf, rig } from "./rig.js";
import { shared } from "./shared-store.js";

type Rig = Awaited<ReturnType<typeof rig>>;

const message = (text: string, fields: Partial<Message> = {}): Message => ({
  messageId: "m",
  role: "ROLE_USER",
  parts: [{ text }],
  ...fields,
});
const under = (key: string, hash = "h") => ({ ...alice, send: { key, hash, field: "Idempotency-Key" } });
const answer = async ({ engine }: Rig, key: string, sent: Message, hash?: string) =>
  JSON.parse(await sendMessage(engine, { message: sent }, under(key, hash))) as {
    task: Task;
    message: Message;
  };

async function nodes(execute: Parameters<typeof rig>[0], count: number) {
  const store = shared();
  const { bus } = hub();
  const rigs: Rig[] = [];
  for (let i = 0; i < count; i++)
    rigs.push(
      await rig(execute, {
        store,
        cluster: { nodes: store.nodes, bus: bus(), leaseMillis: 60_000, checkMillis: 5 },
      }),
    );
  return { store, rigs: rigs as [Rig, Rig] };
}

describe("the same message", () => {
  it("sent ten times at once to two nodes is executed once, and answered each time", async () => {
    const executed: string[] = [];
    const { rigs } = await nodes(async function* ({ text }): Execution {
      executed.push(text);
      yield artifact("x", text);
    }, 2);
    const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`);
    const sends = keys.flatMap((key) =>
      Array.from({ length: 10 }, (_, i) => answer(rigs[i % 2] as Rig, key, message(key))),
    );
    const answers = await Promise.all(sends);
    expect(executed.sort()).toEqual([...keys].sort());
    for (const [i, key] of keys.entries()) {
      const ids = answers.slice(10 * i, 10 * i + 10).map(({ task }) => task.id);
      expect(new Set(ids).size, key).toBe(1);
    }
    for (const { task } of answers) expect(task.status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("is refused when it says something else", async () => {
    const made = await rig(async function* () {});
    const { task } = await answer(made, "k", message("one"));
    const refused = await answer(made, "k", message("two"), "other").catch((error: unknown) => error);
    expect(refused).toMatchObject({
      reason: "INVALID_PARAMS",
      violations: [{ field: "Idempotency-Key", description: "was used before, with another message" }],
    });
    expect((await answer(made, "k", message("one"))).task.id).toBe(task.id);
    expect((await made.list()).totalSize).toBe(1);
  });

  it("is answered directly once", async () => {
    let replies = 0;
    const made = await rig(async function* () {}, { reply: () => `reply ${++replies}` });
    const answers = await Promise.all([1, 2, 3].map(() => answer(made, "k", message("hi"))));
    const again = await answer(made, "k", message("hi"));
    expect(new Set([again, ...answers].map((each) => JSON.stringify(each))).size).toBe(1);
    expect(again.message.parts).toEqual([{ text: "reply 1" }]);
  });

  it("is one turn of a task, wherever it is sent again", async () => {
    const heard: unknown[] = [];
    const {
      rigs: [a, b],
    } = await nodes(async function* (): Execution {
      const said = yield inputRequired("which?");
      heard.push(said.parts);
      yield* [];
    }, 2);
    const { task } = await answer(a, "first", message("begin"));
    const more = message("this", { taskId: task.id, messageId: "m2" });
    const answers = await Promise.all([a, b, a, b].map((node) => answer(node, "second", more)));
    for (const each of [...answers, await answer(b, "second", more)])
      expect(each.task).toMatchObject({ id: task.id, status: { state: "TASK_STATE_COMPLETED" } });
    expect(heard).toEqual([[{ text: "this" }]]);
    expect((await a.get(task.id)).history?.filter(({ role }) => role === "ROLE_USER")).toHaveLength(2);
  });

  it("may be sent again when the first time was refused", async () => {
    const made = await rig(
      async function* () {
        yield working("begun");
        await new Promise(() => {});
      },
      { admission: { runningTasks: 1, queuedTasks: 0 } },
    );
    const running = await made.send("x", {}, { returnImmediately: true });
    expect(await reasonOf(answer(made, "k", message("one")))).toBe("UNAVAILABLE");
    await made.cancel(running.id);
    const sent = answer(made, "k", message("other"), "another");
    await expect.poll(async () => (await made.list()).totalSize).toBe(2);
    for (const { id } of (await made.list({ status: "TASK_STATE_WORKING" })).tasks) await made.cancel(id);
    expect((await sent).task.status.state).toBe("TASK_STATE_CANCELED");
  });

  it("claimed by a node that died before there was a task is taken by another", async () => {
    let executed = 0;
    const {
      rigs: [a, b],
      store,
    } = await nodes(async function* () {
      executed++;
    }, 2);
    const node = a.engine.cluster?.node ?? "";
    await store.idempotency.claim({ key: "k", hash: "h", taskId: "promised", node, keepMillis: 60_000 });
    const sent = answer(b, "k", message("one"));
    store.kill(node);
    expect((await sent).task.id).toBe("promised");
    expect(executed).toBe(1);
  });

  it("whose fate a node does not know is looked for in the journal", async () => {
    const store = memory();
    let executed = 0;
    const made = await rig(
      async function* () {
        executed++;
      },
      { store },
    );
    const { append } = store.journal;
    store.journal.append = () => Promise.reject(new Error("cut"));
    expect(await reasonOf(answer(made, "k", message("one")))).toBe("UNAVAILABLE");
    store.journal.append = append;
    expect((await answer(made, "k", message("one"))).task.status.state).toBe("TASK_STATE_COMPLETED");
    expect((await made.list()).totalSize).toBe(1);
    expect(executed).toBe(2);
  });

  it("streams the task as it is and what follows; of one that has ended, the task", async () => {
    const { opened, open } = gate();
    const made = await rig(async function* () {
      yield working("begun");
      await opened;
      yield artifact("x", "done");
    });
    const stream = async () =>
      collect(await sendStreamingMessage(made.engine, { message: message("one") }, under("k")));
    const first = await stream();
    await first.count(2);
    const second = await stream();
    await second.count(1);
    open();
    expect([await first.done, await second.done]).toEqual(["end", "end"]);
    expect(first.parsed.map(told)).toEqual([
      "TASK_STATE_SUBMITTED",
      "TASK_STATE_WORKING",
      "artifactUpdate",
      "TASK_STATE_COMPLETED",
    ]);
    expect(second.parsed.map(told)).toEqual(["TASK_STATE_WORKING", "artifactUpdate", "TASK_STATE_COMPLETED"]);
    const third = await stream();
    expect(await third.done).toBe("end");
    expect(third.parsed.map(told)).toEqual(["TASK_STATE_COMPLETED"]);
  });
});

describe("on the wire", () => {
  let serving: Serving;
  afterEach(() => serving.close());
  const log: Log = { error() {}, warn() {}, info() {} };
  const executed: string[] = [];
  const start = async (options: ServeOptions = {}) => {
    executed.length = 0;
    const agent = defineAgent({
      card: { name: "Once", description: "Does it once", version: "1" },
      async *execute({ text }: { text: string }) {
        executed.push(text);
        yield artifact("x", text);
      },
    });
    serving = await serve(agent, { log, ...options });
    return serving.url;
  };
  const extension = "urn:parley:a2a:idempotent-send:v1";
  const uris = () => serving.card.capabilities.extensions?.map(({ uri }) => uri);

  for (const binding of bindings) {
    it(`${binding}: Idempotency-Key names a send, whatever its answer is to be`, async () => {
      const url = await start();
      expect(uris()).not.toContain(extension);
      const key = { "idempotency-key": '"one"' };
      const sent = saying("x");
      const first = await call(url, binding, "SendMessage", sent, key);
      const again = await call(
        url,
        binding,
        "SendMessage",
        { ...sent, configuration: { historyLength: 0 } },
        { "idempotency-key": "one" },
      );
      const { task } = first.result as { task: Task };
      expect((again.result as { task: Task }).task.id).toBe(task.id);
      const events = await Events.open(url, binding, "SendStreamingMessage", sent, key);
      expect((await events.rest()).map((event) => event.task?.id)).toEqual([task.id]);
      expect(executed).toEqual(["x"]);
      const other = await call(url, binding, "SendMessage", saying("y"), key);
      expect(other.error).toMatchObject({
        reason: "INVALID_PARAMS",
        violations: [{ field: "Idempotency-Key" }],
      });
      const bad = await call(url, binding, "SendMessage", sent, { "idempotency-key": "x".repeat(256) });
      expect(bad.error?.violations).toMatchObject([{ field: "Idempotency-Key" }]);
      const plain = await call(url, binding, "SendMessage", sent);
      expect((plain.result as { task: Task }).task.id).not.toBe(task.id);
    });

    it(`${binding}: by messageId where the server says so, to each tenant its own`, async () => {
      const url = await start({ idempotency: "messageId" });
      expect(uris()).toContain(extension);
      const sent = saying("x", { messageId: "same" });
      const ids = new Set<string>();
      for (const request of [sent, sent, { ...sent, tenant: "acme" }]) {
        const { result } = await call(url, binding, "SendMessage", request);
        ids.add((result as { task: Task }).task.id);
      }
      expect(ids.size).toBe(2);
      const other = await call(url, binding, "SendMessage", saying("y", { messageId: "same" }));
      expect(other.error).toMatchObject({
        reason: "INVALID_PARAMS",
        violations: [{ field: "message.messageId" }],
      });
      expect(executed).toEqual(["x", "x"]);
    });
  }

  it("gRPC: metadata names a send, and it is the same one over every binding", async () => {
    const url = await start({ grpc: {} });
    const headers = { "idempotency-key": "one" };
    const sent = saying("x");
    const client = await connect(url, { transports: [grpc()], bindings: ["GRPC"], headers });
    const { task } = await client.sendMessage({ message: sent.message as Message });
    const again = await call(url, "JSONRPC", "SendMessage", sent, headers);
    expect((again.result as { task: Task }).task.id).toBe(task?.id);
    const refused = await client
      .sendMessage({ message: saying("y").message as Message })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "INVALID_PARAMS", violations: [{ field: "Idempotency-Key" }] });
    expect(executed).toEqual(["x"]);
    client.close();
  });

  it("the client sends again what it may, when the answer was lost", async () => {
    const url = await start({ idempotency: "messageId" });
    let losses = 0;
    const losing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method !== "POST" || losses++ > 0) return response;
      await response.text();
      throw new TypeError("lost");
    };
    const client = await connect(url, { fetch: losing });
    const { task } = await client.sendMessage({ message: saying("x").message as Message });
    expect(task?.status.state).toBe("TASK_STATE_COMPLETED");
    expect([executed, losses]).toEqual([["x"], 2]);
    await serving.close();

    losses = 0;
    const plain = await connect(await start(), { fetch: losing });
    const message = saying("y").message as Message;
    await expect(plain.sendMessage({ message })).rejects.toThrow("lost");
    losses = 0;
    const headers = { "Idempotency-Key": "k" };
    expect((await plain.sendMessage({ message }, { headers })).task?.artifacts).toHaveLength(1);
    expect(executed).toEqual(["y", "y"]);
  });
});
