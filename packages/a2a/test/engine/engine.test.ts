import { describe, expect, it } from "vitest";
import {
  artifact,
  authRequired,
  completed,
  data,
  failed,
  inputRequired,
  rejected,
  working,
} from "../../src/agent/index.js";
import { sendStreamingMessage } from "../../src/engine/index.js";
import { alice, bob, collect, reasonOf, rig } from "./rig.js";

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
};
const states = (task: { history?: { messageId: string }[] }) => task.history?.length;

describe("SendStreamingMessage", () => {
  it("ends where the client must answer, also when that was before its first event (11.7)", async () => {
    const { send, stream, subscribe } = await rig(async function* () {
      yield inputRequired("one?");
      yield inputRequired("two?");
    });
    const { id } = await send("x");
    const reader = await stream("first", { taskId: id }, { historyLength: 0 });
    expect(await reader.done).toBe("end");
    expect(reader.parsed.at(-1)?.task?.status.state ?? reader.parsed.at(-1)?.statusUpdate?.status.state).toBe(
      "TASK_STATE_INPUT_REQUIRED",
    );
    const follower = await subscribe(id);
    await send("second", { taskId: id });
    expect(await follower.done).toBe("end");
    expect(follower.parsed.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("ends when the agent asks before the stream could begin", async () => {
    const { engine } = await rig(async function* () {
      yield inputRequired("what?");
    });
    // What is kept before the task is made gives the agent time.
    Object.assign(engine, { push: { create: async () => ({}), delete() {}, publish() {}, watch() {} } });
    const message = { messageId: "m", role: "ROLE_USER" as const, parts: [{ text: "x" }] };
    const taskPushNotificationConfig = { url: "https://hook.test/" };
    const request = { message, configuration: { historyLength: 0, taskPushNotificationConfig } };
    const reader = collect(await sendStreamingMessage(engine, request, alice));
    expect(await reader.done).toBe("end");
  });
});

describe("SendMessage (3.1.1)", () => {
  it("runs the agent and answers the ended task with everything in it", async () => {
    const { send } = await rig(async function* ({ text }) {
      yield working("on it");
      yield artifact("echo", text);
    });
    const task = await send("hello");
    expect(task.status.state).toBe("TASK_STATE_COMPLETED");
    expect(task.artifacts).toEqual([{ artifactId: "echo", parts: [{ text: "hello" }], name: "echo" }]);
    expect(task.history?.map((m) => [m.role, m.parts[0]?.text])).toEqual([
      ["ROLE_USER", "hello"],
      ["ROLE_AGENT", "on it"],
    ]);
    expect(task.history?.[0]).toMatchObject({ taskId: task.id, contextId: task.contextId });
  });

  it("returns at once when told, and the task goes on (3.2.2)", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { send, get } = await rig(async function* () {
      await gate;
      yield completed();
    });
    const task = await send("x", {}, { returnImmediately: true });
    expect(task.status.state).toBe("TASK_STATE_SUBMITTED");
    release();
    await until(() => true);
    await expect.poll(async () => (await get(task.id)).status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("honours historyLength: unset, 0 and N (3.2.4)", async () => {
    const { send, get } = await rig(async function* () {
      yield working("one");
      yield working("two");
    });
    expect(states(await send("x"))).toBe(3);
    expect(await send("x", {}, { historyLength: 0 })).not.toHaveProperty("history");
    const task = await send("x", {}, { historyLength: 2 });
    expect(task.history?.map((m) => m.parts[0]?.text)).toEqual(["one", "two"]);
    expect(await get(task.id, 0)).not.toHaveProperty("history");
    expect(states(await get(task.id, 99))).toBe(3);
  });

  it("answers directly, without a task, when the agent replies", async () => {
    const { reply, list } = await rig(async function* () {}, { reply: () => "hi" });
    const message = await reply("hello");
    expect(message).toMatchObject({ role: "ROLE_AGENT", parts: [{ text: "hi" }] });
    expect(message.contextId).toBeTruthy();
    expect((await list()).totalSize).toBe(0);
  });

  it("refuses what cannot be continued", async () => {
    const { send } = await rig(async function* () {});
    const { id: taskId } = await send("x");
    expect(await reasonOf(send("y", { taskId }))).toBe("UNSUPPORTED_OPERATION");
    expect(await reasonOf(send("y", { taskId: "nope" }))).toBe("TASK_NOT_FOUND");
    expect(await reasonOf(send("y", { taskId }, {}, bob))).toBe("TASK_NOT_FOUND");
  });
});

describe("contexts (3.4.1)", () => {
  it("are made by us, taken from the client, inferred from the task; mismatches are refused", async () => {
    const { send } = await rig(async function* () {
      yield inputRequired("?");
    });
    const task = await send("x", { contextId: "mine" });
    expect(task.contextId).toBe("mine");
    expect(await reasonOf(send("y", { taskId: task.id, contextId: "other" }))).toBe("INVALID_PARAMS");
    const next = await send("y", { taskId: task.id });
    expect(next).toMatchObject({ id: task.id, contextId: "mine" });
  });

  it("of others are refused, also while their first task is not committed", async () => {
    const { send } = await rig(async function* () {});
    const [first, second] = await Promise.all([
      send("x", { contextId: "shared" }),
      reasonOf(send("x", { contextId: "shared" }, {}, bob)),
    ]);
    expect(first.contextId).toBe("shared");
    expect(second).toBe("INVALID_PARAMS");
    expect(await reasonOf(send("x", { contextId: "shared" }, {}, bob))).toBe("INVALID_PARAMS");
    expect((await send("x", { contextId: "shared" })).contextId).toBe("shared");
  });
});

describe("multi-turn", () => {
  it("yield inputRequired pauses; the answer resumes the same run", async () => {
    const { send } = await rig(async function* () {
      const answer = yield inputRequired("Which column?");
      yield artifact("answer", answer.parts[0]?.text ?? "");
    });
    const asked = await send("analyse");
    expect(asked.status).toMatchObject({
      state: "TASK_STATE_INPUT_REQUIRED",
      message: { role: "ROLE_AGENT", parts: [{ text: "Which column?" }] },
    });
    const done = await send("the second", { taskId: asked.id });
    expect(done.status.state).toBe("TASK_STATE_COMPLETED");
    expect(done.artifacts?.[0]?.parts).toEqual([{ text: "the second" }]);
    expect(done.history?.map((m) => m.parts[0]?.text)).toEqual(["analyse", "Which column?", "the second"]);
  });

  it("return inputRequired ends the run; the next message executes again with the history", async () => {
    const { send } = await rig(async function* (_, { history }) {
      if (history.length === 1) return inputRequired("More?");
      yield artifact("seen", [data(history.map((m) => m.parts[0]?.text ?? null))]);
    });
    const asked = await send("a");
    expect(asked.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    const done = await send("b", { taskId: asked.id });
    expect(done.artifacts?.[0]?.parts[0]?.data).toEqual(["a", "More?", "b"]);
  });

  it("a message to a WORKING task reaches the running executor and starts no second one", async () => {
    let runs = 0;
    const { send } = await rig(async function* (_, context) {
      runs++;
      yield working();
      const next = await context.nextMessage();
      yield artifact("got", next.parts[0]?.text ?? "");
    });
    const task = await send("start", {}, { returnImmediately: true });
    const done = await send("more", { taskId: task.id });
    expect(done.artifacts?.[0]?.parts).toEqual([{ text: "more" }]);
    expect(done.status.state).toBe("TASK_STATE_COMPLETED");
    expect(runs).toBe(1);
  });

  it("AUTH_REQUIRED stays while messages come; the executor goes on by itself (7.6)", async () => {
    let grant = () => {};
    const granted = new Promise<void>((resolve) => {
      grant = resolve;
    });
    const { send, subscribe, stream } = await rig(async function* () {
      yield authRequired("Log in at https://example.com");
      await granted;
      yield completed("thanks");
    });
    const live = await stream("go");
    await live.count(2);
    const id = (live.parsed[0] as { task: { id: string } }).task.id;
    const after = await send("is this safe?", { taskId: id });
    expect(after.status.state).toBe("TASK_STATE_AUTH_REQUIRED");
    expect(after.status.message?.parts[0]?.text).toContain("Log in");
    const watcher = await subscribe(id);
    grant();
    expect(await watcher.done).toBe("end");
    expect(await live.done).toBe("end");
    expect(live.parsed.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
  });
});

describe("endings", () => {
  it.each([
    ["completed", completed("ok"), "TASK_STATE_COMPLETED"],
    ["failed", failed("no"), "TASK_STATE_FAILED"],
    ["rejected", rejected("never"), "TASK_STATE_REJECTED"],
  ] as const)("return %s says how the task ended", async (_, event, state) => {
    const { send } = await rig(async function* () {
      return event;
    });
    expect((await send("x")).status.state).toBe(state);
  });

  it("an execute that is no generator fails the task, and the log says what it should be", async () => {
    const { send, logged } = await rig((async () => completed()) as never);
    expect((await send("x")).status.state).toBe("TASK_STATE_FAILED");
    expect(String(logged[0]?.fields["error"])).toContain("async *execute");
  });

  it("a thrown error fails the task with an opaque id; the log has the details", async () => {
    const { send, logged } = await rig(async function* () {
      yield working();
      throw new Error("secret database password");
    });
    const task = await send("x");
    expect(task.status.state).toBe("TASK_STATE_FAILED");
    const said = task.status.message?.parts[0]?.text ?? "";
    expect(said).not.toContain("secret");
    const entry = logged.find(({ fields }) => said.includes(String(fields["errorId"])));
    expect(String(entry?.fields["error"])).toContain("secret database password");
  });

  it.each([
    ["a second ending", () => [completed(), completed()]],
    ["an append to nothing", () => [artifact("a", "x", { append: true })]],
    ["something that is no event", () => [{ nonsense: true }]],
    ["a raw update with a bad state", () => [{ statusUpdate: { status: { state: "WORKING" } } }]],
    [
      "a raw AUTH_REQUIRED without a message",
      () => [{ statusUpdate: { status: { state: "TASK_STATE_AUTH_REQUIRED" } } }],
    ],
    [
      "an update of another task",
      () => [{ statusUpdate: { taskId: "x", status: { state: "TASK_STATE_WORKING" } } }],
    ],
    [
      "two updates in one event",
      () => [
        {
          statusUpdate: { status: { state: "TASK_STATE_WORKING" } },
          artifactUpdate: { artifact: { artifactId: "a", parts: [{ text: "x" }] } },
        },
      ],
    ],
  ])("%s never reaches the wire", async (name, events) => {
    const { send } = await rig(async function* () {
      for (const event of events()) yield event as never;
    });
    const expected = name === "a second ending" ? "TASK_STATE_COMPLETED" : "TASK_STATE_FAILED";
    expect((await send("x")).status.state).toBe(expected);
  });

  it("what is yielded is what it was then, whatever becomes of it later", async () => {
    const rows: number[] = [];
    const { stream } = await rig(async function* () {
      for (let i = 0; i < 3; i++) {
        rows.push(i);
        yield artifact("rows", [data(rows)]);
      }
    });
    const reader = await stream("x");
    await reader.done;
    const seen = reader.parsed.flatMap((event) => event.artifactUpdate?.artifact.parts[0]?.data ?? []);
    expect(seen).toEqual([0, 0, 1, 0, 1, 2]);
  });
});

describe("SubscribeToTask (3.1.6)", () => {
  const slow = () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    return { gate, release: () => release() };
  };

  it("begins with the task and misses nothing", async () => {
    const { gate, release } = slow();
    const { send, subscribe } = await rig(async function* () {
      yield working("1");
      await gate;
      yield artifact("a", "x");
    });
    const { id } = await send("x", {}, { returnImmediately: true });
    const reader = await subscribe(id);
    release();
    expect(await reader.done).toBe("end");
    expect(reader.parsed[0]).toHaveProperty("task.id", id);
    const start = reader.seqs[0] as number;
    expect(reader.seqs).toEqual(Array.from({ length: 5 - start }, (_, i) => start + i));
  });

  it("refuses an ended task, but replays it for who has a cursor", async () => {
    const { send, subscribe } = await rig(async function* () {
      yield working();
      yield artifact("a", "x");
    });
    const { id } = await send("x");
    expect(await reasonOf(subscribe(id))).toBe("UNSUPPORTED_OPERATION");
    expect(await reasonOf(subscribe(id, 1, bob))).toBe("TASK_NOT_FOUND");
    const replay = await subscribe(id, 1);
    expect(await replay.done).toBe("end");
    expect(replay.seqs).toEqual([2, 3, 4]);
    const nothing = await subscribe(id, 4);
    expect(await nothing.done).toBe("end");
    expect(nothing.events).toEqual([]);
    expect(await reasonOf(subscribe(id, 5))).toBe("INVALID_PARAMS");
  });

  it("follows through INPUT_REQUIRED, where a send stream ends (11.7)", async () => {
    const { stream, subscribe, send } = await rig(async function* () {
      yield inputRequired("?");
    });
    const first = await stream("x");
    expect(await first.done).toBe("end");
    expect(first.parsed.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    const id = (first.parsed[0] as { task: { id: string } }).task.id;
    const watcher = await subscribe(id);
    await send("answer", { taskId: id });
    expect(await watcher.done).toBe("end");
    expect(watcher.parsed.map((e) => e.task?.status.state ?? e.statusUpdate?.status.state)).toEqual([
      "TASK_STATE_INPUT_REQUIRED",
      "TASK_STATE_WORKING",
      "TASK_STATE_COMPLETED",
    ]);
  });

  it("a reader that stopped while the task ended gets the rest when it reads again", async () => {
    const { gate, release } = slow();
    const { stream } = await rig(async function* () {
      yield working();
      await gate;
      for (let i = 0; i < 500; i++) yield artifact("a", `${i},`, { append: i > 0 });
    });
    const reader = await stream("x");
    await reader.count(2);
    reader.reading = false;
    release();
    await reader.count(3);
    const stuck = reader.events.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reader.events.length).toBe(stuck);
    reader.resume();
    expect(await reader.done).toBe("end");
    expect(reader.seqs).toEqual(Array.from({ length: 503 }, (_, i) => i + 1));
  });
});

describe("CancelTask (3.1.5)", () => {
  it("aborts the signal, closes the generator, and the executor's later events are ignored", async () => {
    let aborted = false;
    let closed = false;
    const { send, cancel, get } = await rig(async function* (_, { signal }) {
      try {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        yield working();
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield artifact("late", "x");
      } finally {
        closed = true;
      }
    });
    const { id } = await send("x", {}, { returnImmediately: true });
    await until(() => true);
    expect((await cancel(id)).status.state).toBe("TASK_STATE_CANCELED");
    expect(aborted).toBe(true);
    await until(() => closed);
    expect(await get(id)).toMatchObject({ status: { state: "TASK_STATE_CANCELED" } });
    expect((await get(id)).artifacts).toBeUndefined();
    expect(await reasonOf(cancel(id))).toBe("TASK_NOT_CANCELABLE");
    expect(await reasonOf(cancel(id, bob))).toBe("TASK_NOT_FOUND");
  });

  it("concurrent cancels share one success", async () => {
    const { send, cancel, subscribe } = await rig(async function* () {
      yield inputRequired("?");
    });
    const { id } = await send("x");
    const all = await Promise.all([cancel(id), cancel(id), cancel(id)]);
    expect(new Set(all.map((task) => task.status.state))).toEqual(new Set(["TASK_STATE_CANCELED"]));
    expect((await subscribe(id, 2)).events).toHaveLength(1);
  });
});

describe("ListTasks (3.1.4)", () => {
  it("is the caller's, newest status first, without artifacts unless asked, and empty for a foreign context", async () => {
    const { send, list } = await rig(async function* () {
      yield artifact("a", "x");
    });
    const first = await send("1");
    await new Promise((resolve) => setTimeout(resolve, 3));
    const second = await send("2");
    await send("3", {}, {}, bob);
    const page = await list();
    expect(page.tasks.map((task) => task.id)).toEqual([second.id, first.id]);
    expect(page).toMatchObject({ totalSize: 2, pageSize: 50, nextPageToken: "" });
    expect(page.tasks[0]).not.toHaveProperty("artifacts");
    expect((await list({ includeArtifacts: true })).tasks[0]?.artifacts).toHaveLength(1);
    expect((await list({ contextId: first.contextId })).tasks).toHaveLength(1);
    expect(await list({ contextId: first.contextId }, bob)).toMatchObject({ tasks: [], totalSize: 0 });
    expect(await list({ contextId: "unknown" })).toMatchObject({ tasks: [], nextPageToken: "" });
    expect((await list({ status: "TASK_STATE_WORKING" })).tasks).toEqual([]);
    expect(await reasonOf(list({ pageToken: "!" }))).toBe("INVALID_PARAMS");
  });

  it("pages through everything once", async () => {
    const { send, list } = await rig(async function* () {});
    const sent = await Promise.all(Array.from({ length: 23 }, () => send("x")));
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await list({ pageSize: 5, ...(pageToken && { pageToken }) });
      expect(page.totalSize).toBe(23);
      seen.push(...page.tasks.map((task) => task.id));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(new Set(seen)).toEqual(new Set(sent.map((task) => task.id)));
    expect(seen).toHaveLength(23);
  });

  it("ends a page early when its tasks are large, and goes on with the next one", async () => {
    const large = "x".repeat(24 * 1024 * 1024);
    const { send, list } = await rig(async function* ({ text }) {
      yield artifact("out", text === "large" ? large : text);
    });
    const sent: string[] = [];
    for (const text of ["small", "small", "large", "small", "large", "large", "large", "small"])
      sent.push((await send(text, {}, { returnImmediately: true })).id);
    await expect.poll(async () => (await list({ status: "TASK_STATE_COMPLETED" })).totalSize).toBe(8);
    const pages: string[][] = [];
    let pageToken = "";
    do {
      const page = await list({ includeArtifacts: true, ...(pageToken && { pageToken }) });
      expect(page).toMatchObject({ totalSize: 8, pageSize: 50 });
      pages.push(page.tasks.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(pages).toHaveLength(2);
    expect(pages.flat().sort()).toEqual(sent.sort());
    expect((await list()).tasks).toHaveLength(8);
  });
});

describe("when the agent is stopped", () => {
  it("tasks that wait for the client go on with its next message, others fail", async () => {
    const execute = async function* ({ text }: { text: string }) {
      if (text === "return") return authRequired("Log in");
      if (text === "wait") {
        yield authRequired("Log in");
        await new Promise(() => {});
      }
      if (text === "ask") yield inputRequired("Which?");
      if (text === "work") {
        yield working();
        await new Promise(() => {});
      }
      return completed();
    };
    const { send, subscribe, get, engine, store } = await rig(execute);
    const { id: running } = await send("work", {}, { returnImmediately: true });
    const waiting = await Promise.all(["return", "wait", "ask"].map((text) => send(text)));
    const readers = await Promise.all(waiting.map(({ id }) => subscribe(id)));
    await engine.close();
    expect((await get(running)).status.state).toBe("TASK_STATE_FAILED");
    for (const { id, status } of waiting) expect((await get(id)).status.state).toBe(status.state);
    for (const reader of readers) expect(await reader.done).toBe("cut");

    const next = await rig(execute, { store });
    for (const { id } of waiting) {
      expect((await next.send("go on", { taskId: id })).status.state).toBe("TASK_STATE_COMPLETED");
    }
  });
});

describe("a burst that never awaits", () => {
  it("lets others in", async () => {
    const { stream, get, send } = await rig(async function* ({ text }) {
      if (text !== "burst") return;
      for (let i = 0; i < 20_000; i++) yield artifact("a", "x", { append: i > 0 });
    });
    const other = await send("other");
    const reader = await stream("burst");
    let answered = 0;
    let over = false;
    void reader.done.then(() => {
      over = true;
    });
    while (!over) {
      await get(other.id);
      answered++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answered).toBeGreaterThan(5);
    expect(reader.seqs.at(-1)).toBe(20_002);
  });
});

describe("the memory store's entries of ended tasks", () => {
  it("are kept longer for tasks that a stream has shown", async () => {
    const { memory } = await import("../../src/stores/memory/index.js");
    const { stream, subscribe, send } = await rig(
      async function* () {
        yield working();
      },
      { store: memory({ folding: { keep: 20 } }) },
    );
    const shown = await stream("x");
    await shown.done;
    const shownId = shown.parsed[0]?.task?.id as string;
    const unseen = await send("x");
    for (let i = 0; i < 5; i++) await send("x");
    const replay = await subscribe(shownId, 1);
    const snapshot = await subscribe(unseen.id, 1);
    await Promise.all([replay.done, snapshot.done]);
    expect(replay.seqs).toEqual([2, 3]);
    expect(snapshot.parsed.map((event) => event.task?.status.state)).toEqual(["TASK_STATE_COMPLETED"]);
  });

  it("also when that was in a turn before the last", async () => {
    const { memory } = await import("../../src/stores/memory/index.js");
    const execute = async function* ({ text }: { text: string }) {
      return text === "ask" ? inputRequired("Which?") : completed();
    };
    const { stream, subscribe, send } = await rig(execute, { store: memory({ folding: { keep: 20 } }) });
    const shown = await stream("ask");
    await shown.done;
    const id = shown.parsed[0]?.task?.id as string;
    await send("this", { taskId: id });
    for (let i = 0; i < 5; i++) await send("x");
    const replay = await subscribe(id, 2);
    await replay.done;
    expect(replay.seqs).toEqual([3, 4]);
  });
});
