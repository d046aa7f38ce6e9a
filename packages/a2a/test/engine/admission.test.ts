/** Limits on work: who runs, who waits, who is refused, and that what was refused left nothing behind. */
import { afterEach, describe, expect, it } from "vitest";
import { bearerTokens } from "../../src/auth/index.js";
import { connect } from "../../src/client/index.js";
import { grpc } from "../../src/grpc.js";
import { type Serving, serve } from "../../src/hosts/node/index.js";
import { artifact, createServer, defineAgent, inputRequired, type Log, working } from "../../src/index.js";
import { A2AError } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { call, gate, saying } from "../spec/rig.js";
import { alice, bob, reasonOf, rig } from "./rig.js";

const now = { returnImmediately: true };

/** An agent whose tasks end when they are told to, by the text that began them. */
function held() {
  const gates = new Map<string, ReturnType<typeof gate>>();
  const began: string[] = [];
  const of = (name: string) => {
    const made = gates.get(name) ?? gate();
    gates.set(name, made);
    return made;
  };
  return {
    began,
    end: (name: string) => of(name).open(),
    async *execute({ text }: { text: string }) {
      began.push(text);
      yield working("begun");
      await of(text).opened;
      yield artifact("x", text);
    },
  };
}

describe("tasks past `runningTasks`", () => {
  it("wait, submitted, and are begun in order as others end", async () => {
    const { execute, began, end } = held();
    const { send, get } = await rig(execute, { admission: { runningTasks: 2, queuedTasks: 3 } });
    const tasks = [];
    for (const text of ["a", "b", "c", "d", "e"]) tasks.push(await send(text, {}, now));
    expect(began).toEqual(["a", "b"]);
    expect((await get(tasks[2]?.id ?? "")).status.state).toBe("TASK_STATE_SUBMITTED");
    expect(await reasonOf(send("f", {}, now))).toBe("UNAVAILABLE");
    end("b");
    await expect.poll(() => began).toEqual(["a", "b", "c"]);
    const last = await send("f", {}, now);
    for (const text of ["a", "c", "d", "e", "f"]) end(text);
    await expect.poll(async () => (await get(last.id)).status.state).toBe("TASK_STATE_COMPLETED");
    expect(began).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("are refused before anything is written, with advice", async () => {
    const { execute } = held();
    const { send, list, engine } = await rig(execute, { admission: { runningTasks: 1, queuedTasks: 0 } });
    await send("a", {}, now);
    const refused = await send("b", { contextId: "mine" }, now).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(A2AError);
    expect(refused).toMatchObject({ reason: "UNAVAILABLE", retryAfter: expect.any(Number) });
    expect((await list()).totalSize).toBe(1);
    expect(engine.claims.size).toBe(0);
  });

  it("answer a blocking send when they have had their turn", async () => {
    const { execute, end } = held();
    const { send } = await rig(execute, { admission: { runningTasks: 1 } });
    await send("a", {}, now);
    const waiting = send("b");
    end("b");
    end("a");
    expect(await waiting).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      artifacts: [{ parts: [{ text: "b" }] }],
    });
  });

  it("are canceled without ever being begun, and make room", async () => {
    const { execute, began, end } = held();
    const { send, cancel } = await rig(execute, { admission: { runningTasks: 1, queuedTasks: 1 } });
    await send("a", {}, now);
    const queued = await send("b", {}, now);
    expect((await cancel(queued.id)).status.state).toBe("TASK_STATE_CANCELED");
    const next = send("c");
    end("c");
    end("a");
    expect((await next).status.state).toBe("TASK_STATE_COMPLETED");
    expect(began).toEqual(["a", "c"]);
  });

  it("are told what was said to them while they waited", async () => {
    const first = gate();
    const { send, get } = await rig(
      async function* (request, context) {
        if (request.text === "first") await first.opened;
        else yield artifact("x", (await context.nextMessage()).parts);
      },
      { admission: { runningTasks: 1 } },
    );
    await send("first", {}, now);
    const { id } = await send("second", {}, now);
    const more = send("more", { taskId: id });
    await expect.poll(async () => (await get(id)).history?.length).toBe(2);
    expect((await get(id)).status.state).toBe("TASK_STATE_SUBMITTED");
    first.open();
    expect((await more).artifacts?.[0]?.parts).toEqual([{ text: "more" }]);
  });
});

describe("a task that asks", () => {
  it("makes room while it waits for the answer, and waits for its turn when it has it", async () => {
    const { execute, began, end } = held();
    const { send, get } = await rig(
      async function* (request) {
        if (request.text !== "ask") return yield* execute(request);
        const answer = yield inputRequired("which?");
        began.push("answered");
        yield artifact("x", answer.parts);
      },
      { admission: { runningTasks: 1, queuedTasks: 1 } },
    );
    const { id } = await send("ask");
    await send("a", {}, now);
    const answered = send("this", { taskId: id });
    await expect.poll(async () => (await get(id)).status.state).toBe("TASK_STATE_WORKING");
    expect(await reasonOf(send("b", {}, now))).toBe("UNAVAILABLE");
    expect(began).toEqual(["a"]);
    end("a");
    expect((await answered).artifacts?.[0]?.parts).toEqual([{ text: "this" }]);
  });

  it("is not answered while there is no room, and nothing is written", async () => {
    const { execute } = held();
    const { send, get } = await rig(
      async function* (request) {
        if (request.text === "ask") yield inputRequired("which?");
        else yield* execute(request);
      },
      { admission: { runningTasks: 1, queuedTasks: 0 } },
    );
    const { id } = await send("ask");
    await send("a", {}, now);
    expect(await reasonOf(send("this", { taskId: id }))).toBe("UNAVAILABLE");
    expect((await get(id)).history).toHaveLength(1);
  });
});

describe("tasks past `tasksPerPrincipal`", () => {
  it("are refused to that principal alone, however many contexts it uses", async () => {
    const { execute, end } = held();
    const { send } = await rig(execute, { admission: { runningTasks: 1, tasksPerPrincipal: 2 } });
    await send("a", {}, now);
    await send("b", {}, now, { ...alice, owner: "another tenant's" });
    expect(await reasonOf(send("c", {}, now))).toBe("RESOURCE_EXHAUSTED");
    expect(await reasonOf(send("c", {}, now, bob))).toBe("UNAVAILABLE");
    end("a");
    end("b");
    await expect.poll(() => reasonOf(send("c", {}, now))).toBe("no error");
  });
});

describe("on the wire", () => {
  let serving: Serving;
  afterEach(() => serving.close());
  const log: Log = { error() {}, warn() {}, info() {} };
  const start = async () => {
    const card = { name: "Held", description: "Holds", version: "1" };
    const agent = defineAgent({ card, ...held() });
    const authenticator = bearerTokens({ a: { id: "a" }, b: { id: "b" }, c: { id: "c" } });
    const limits = { runningTasks: 1, queuedTasks: 1, tasksPerPrincipal: 1 };
    serving = await serve(agent, { log, authenticator, limits, grpc: {} });
    for (const [token, text] of [
      ["a", "one"],
      ["b", "two"],
    ] as const) {
      const sent = await call(serving.url, "JSONRPC", "SendMessage", saying(text, {}, now), bearer(token));
      expect(sent.error).toBeUndefined();
    }
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  for (const binding of ["JSONRPC", "HTTP+JSON"] as const)
    for (const name of ["SendMessage", "SendStreamingMessage"] as const)
      it(`${binding} ${name}: 429 for a principal's own limit, 503 for the node's, with Retry-After`, async () => {
        await start();
        for (const [token, status, reason] of [
          ["a", 429, "RESOURCE_EXHAUSTED"],
          ["c", 503, "UNAVAILABLE"],
        ] as const) {
          const refused = await call(serving.url, binding, name, saying("x"), bearer(token));
          expect(refused.status).toBe(status);
          expect(refused.error?.reason).toBe(reason);
          expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
          expect(refused.error?.details.at(-1)).toMatchObject({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            retryDelay: expect.stringMatching(/^\d+s$/),
          });
        }
      });

  it("gRPC: RESOURCE_EXHAUSTED and UNAVAILABLE with RetryInfo", async () => {
    await start();
    for (const [token, reason] of [
      ["a", "RESOURCE_EXHAUSTED"],
      ["c", "UNAVAILABLE"],
    ] as const) {
      const options = { transports: [grpc()], bindings: ["GRPC"] as const, headers: bearer(token) };
      const client = await connect(serving.url, options);
      const message = saying("x").message as never;
      const refused = await client.sendMessage({ message }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ reason, retryAfter: expect.any(Number) });
      client.close();
    }
  });
});

it("limits that are none are refused at once", () => {
  const agent = defineAgent({ card: { name: "x", description: "x", version: "1" }, ...held() });
  for (const limits of [
    { runningTasks: 0 },
    { runningTasks: 1.5 },
    { tasksPerPrincipal: -1 },
    { queuedTasks: 1 },
  ])
    expect(() => createServer(agent, { limits })).toThrow(TypeError);
  expect(() => createServer(agent, { limits: { runningTasks: 1, queuedTasks: 0 } })).not.toThrow();
});

describe("when the node stops, tasks that have not begun", () => {
  it("begin at the next start, once, with what was said to them; those that had begun fail", async () => {
    const { execute, began } = held();
    const store = memory();
    const options = { store, admission: { runningTasks: 1, queuedTasks: 2 } };
    const a = await rig(execute, options);
    const running = await a.send("a", {}, now);
    const waiting = await a.send("b", {}, now);
    // Ids are in the order of milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const blocking = a.send("c");
    await expect.poll(async () => (await a.list()).totalSize).toBe(3);
    await a.engine.close();
    expect((await blocking).status.state).toBe("TASK_STATE_SUBMITTED");
    expect((await a.get(running.id)).status.state).toBe("TASK_STATE_FAILED");
    const resumed: boolean[] = [];
    const again = () =>
      rig(async function* (request, context) {
        resumed.push(context.resumed);
        yield* execute(request);
      }, options);
    const b = await again();
    await expect.poll(async () => (await b.get(waiting.id)).status.state).toBe("TASK_STATE_WORKING");
    expect([began, resumed]).toEqual([["a", "b"], [false]]);
    // As if the process had been killed: what has begun by now is not begun again.
    const c = await again();
    expect((await c.get(waiting.id)).status.state).toBe("TASK_STATE_FAILED");
    expect(began.filter((text) => text === "b")).toHaveLength(1);
  });
});
