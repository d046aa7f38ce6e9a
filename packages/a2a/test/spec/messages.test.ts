/** Sending messages (spec 3.1.1, 3.1.2, 3.2.2, 3.2.4, 3.4), on both bindings of a real server. */
import { describe, expect, it } from "vitest";
import {
  artifact,
  authRequired,
  completed,
  data,
  failed,
  inputRequired,
  rejected,
  text,
  working,
} from "../../src/index.js";
import type { Message, Task } from "../../src/protocol/index.js";
import { bindings, call, Events, gate, keepingLog, online, saying, send, told } from "./rig.js";

const untilAborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener("abort", resolve));

describe.each(bindings)("over %s", (binding) => {
  const pong = { reply: () => "pong" };

  it("a direct answer is a Message of the agent in a context, with no task", async () => {
    await using server = await online(pong);
    const { result } = await call(server.url, binding, "SendMessage", saying("ping"));
    const { message } = result as { message: Message };
    expect(message).toMatchObject({ role: "ROLE_AGENT", parts: [{ text: "pong" }] });
    expect(message.contextId).toMatch(/./);
    expect(message).not.toHaveProperty("taskId");
    const kept = saying("ping", { contextId: "mine" });
    expect((await call(server.url, binding, "SendMessage", kept)).result).toMatchObject({
      message: { contextId: "mine" },
    });
  });

  it("a direct answer keeps the id, names no task and speaks for the agent, whatever the agent made it from", async () => {
    const reply = ({ message }: { message: Message }) => ({ ...message, messageId: "m2", taskId: "none" });
    await using server = await online({ reply });
    const { result } = await call(server.url, binding, "SendMessage", saying("ping"));
    const { message } = result as { message: Message };
    expect(message).toMatchObject({ messageId: "m2", role: "ROLE_AGENT" });
    expect(message).not.toHaveProperty("taskId");
  });

  it("a direct answer that breaks the specification is the agent's fault, not the caller's", async () => {
    const { lines, log } = keepingLog();
    await using server = await online({ reply: () => [] }, { log });
    const { error } = await call(server.url, binding, "SendMessage", saying("ping"));
    expect(error?.reason).toBe("INVALID_AGENT_RESPONSE");
    expect(lines).toHaveLength(1);
  });

  it("a stream of a direct answer is that one Message", async () => {
    await using server = await online(pong);
    const events = await Events.open(server.url, binding, "SendStreamingMessage", saying("ping"));
    expect(await events.rest()).toEqual([
      { message: expect.objectContaining({ parts: [{ text: "pong" }] }) },
    ]);
  });

  it.each([
    ["TASK_STATE_COMPLETED", () => completed()],
    ["TASK_STATE_FAILED", () => failed("broken")],
    ["TASK_STATE_REJECTED", () => rejected("no")],
  ] as const)("a stream begins with the Task and closes at %s, which ends the task", async (state, last) => {
    await using server = await online(async function* () {
      yield working("on it");
      yield artifact("a", "x");
      return last();
    });
    const { url } = server;
    const events = await (await Events.open(url, binding, "SendStreamingMessage", saying("go"))).rest();
    expect(events.map(told)).toEqual(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "artifactUpdate", state]);
    expect(events[0]).toHaveProperty("task.id");
    const taskId = events[0]?.task?.id as string;
    for (const operation of ["SendMessage", "SendStreamingMessage"] as const) {
      const { error } = await call(url, binding, operation, saying("more", { taskId }));
      expect(error?.reason).toBe("UNSUPPORTED_OPERATION");
    }
  });

  it("a stream closes when the task is canceled", async () => {
    await using server = await online(async function* (_, { signal }) {
      yield working();
      await untilAborted(signal);
    });
    const events = await Events.open(server.url, binding, "SendStreamingMessage", saying("go"));
    const id = (await events.next())?.task?.id;
    expect((await call(server.url, binding, "CancelTask", { id })).error).toBeUndefined();
    expect((await events.rest()).map(told).at(-1)).toBe("TASK_STATE_CANCELED");
    const { error } = await call(server.url, binding, "SendMessage", saying("more", { taskId: id }));
    expect(error?.reason).toBe("UNSUPPORTED_OPERATION");
  });

  it("a stream closes at the question, and that of the answer at the end", async () => {
    await using server = await online(async function* () {
      const { parts } = yield inputRequired("Which column?");
      yield artifact("answer", parts);
    });
    const stream = async (request: object) =>
      (await Events.open(server.url, binding, "SendStreamingMessage", request)).rest();
    const asked = await stream(saying("go"));
    expect(asked.map(told)).toEqual(["TASK_STATE_SUBMITTED", "TASK_STATE_INPUT_REQUIRED"]);
    const answered = await stream(saying("the second", { taskId: asked[0]?.task?.id }));
    expect(answered[0]).toHaveProperty("task.id", asked[0]?.task?.id);
    expect(answered.slice(-2).map(told)).toEqual(["artifactUpdate", "TASK_STATE_COMPLETED"]);
  });

  it("a stream tells of progress while the agent still works", async () => {
    const { opened, open } = gate();
    await using server = await online(async function* () {
      yield working("reading");
      await opened;
    });
    const events = await Events.open(server.url, binding, "SendStreamingMessage", saying("go"));
    await events.next();
    expect((await events.next())?.statusUpdate?.status.message?.parts).toEqual([{ text: "reading" }]);
    open();
    expect((await events.rest()).map(told)).toEqual(["TASK_STATE_COMPLETED"]);
  });

  it.each([
    ["TASK_STATE_COMPLETED", () => completed()],
    ["TASK_STATE_FAILED", () => failed("broken")],
    ["TASK_STATE_REJECTED", () => rejected("no")],
    ["TASK_STATE_INPUT_REQUIRED", () => inputRequired("which?")],
    ["TASK_STATE_AUTH_REQUIRED", () => authRequired("log in")],
  ] as const)("a send waits for %s and answers with all artifacts", async (state, last) => {
    await using server = await online(async function* () {
      yield working();
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield artifact("a", "x");
      yield artifact("b", "y");
      return last();
    });
    for (const returnImmediately of [undefined, false]) {
      const task = await send(server.url, binding, saying("go", {}, { returnImmediately }));
      expect(task.status.state).toBe(state);
      expect(task.artifacts?.map(({ artifactId }) => artifactId)).toEqual(["a", "b"]);
    }
  });

  it("a send that waits ends with the cancel of its task", async () => {
    await using server = await online(async function* (_, { signal }) {
      yield working();
      await untilAborted(signal);
    });
    const waiting = send(server.url, binding, saying("go", { contextId: "c" }));
    const inContext = async () =>
      (await call(server.url, binding, "ListTasks", { contextId: "c" })).result as { tasks: Task[] };
    await expect.poll(async () => (await inContext()).tasks.length).toBe(1);
    const [{ id }] = (await inContext()).tasks as [Task];
    await call(server.url, binding, "CancelTask", { id });
    expect((await waiting).status.state).toBe("TASK_STATE_CANCELED");
  });

  it("a send with returnImmediately answers while the task goes on", async () => {
    const { opened, open } = gate();
    await using server = await online(async function* () {
      yield working();
      await opened;
    });
    const task = await send(server.url, binding, saying("go", {}, { returnImmediately: true }));
    expect(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"]).toContain(task.status.state);
    open();
    const state = async () =>
      ((await call(server.url, binding, "GetTask", { id: task.id })).result as Task).status.state;
    await expect.poll(state).toBe("TASK_STATE_COMPLETED");
  });

  it("historyLength unset, 0 and N mean the same to every operation that gives tasks", async () => {
    await using server = await online(async function* () {
      yield working("one");
      yield working("two");
    });
    const { url } = server;
    const { id } = await send(url, binding, saying("go"));
    const texts = (task: Task) => task.history?.map(({ parts }) => parts[0]?.text);
    for (const [historyLength, expected] of [
      [undefined, ["go", "one", "two"]],
      [0, undefined],
      [1, ["two"]],
      [2, ["one", "two"]],
      [50, ["go", "one", "two"]],
    ] as const) {
      expect(texts(await send(url, binding, saying("go", {}, { historyLength })))).toEqual(expected);
      expect(texts((await call(url, binding, "GetTask", { id, historyLength })).result)).toEqual(expected);
      const page = (await call(url, binding, "ListTasks", { historyLength })).result as { tasks: Task[] };
      expect(page.tasks.map(texts)).toEqual(page.tasks.map(() => expected));
      if (expected === undefined) expect(page.tasks[0]).not.toHaveProperty("history");
    }
    const none = saying("go", {}, { historyLength: 0 });
    const events = await Events.open(url, binding, "SendStreamingMessage", none);
    expect((await events.next())?.task).not.toHaveProperty("history");
    events.leave();
  });

  it("tasks get ids of the server's making, contexts too unless the client names one", async () => {
    await using server = await online(async function* () {
      yield inputRequired("?");
    });
    const { url } = server;
    const tasks = await Promise.all(Array.from({ length: 20 }, () => send(url, binding, saying("go"))));
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(20);
    expect(new Set(tasks.map(({ contextId }) => contextId)).size).toBe(20);
    for (const { id: taskId, contextId, history } of tasks) {
      expect(history?.map((message) => message.taskId === taskId && message.contextId === contextId)).toEqual(
        [true],
      );
    }
    expect(await send(url, binding, saying("go", { contextId: "mine" }))).toMatchObject({
      contextId: "mine",
    });
    const unknown = await call(url, binding, "SendMessage", saying("go", { taskId: "mine" }));
    expect(unknown.error?.reason).toBe("TASK_NOT_FOUND");
    const page = (await call(url, binding, "ListTasks", { pageSize: 100 })).result as { totalSize: number };
    expect(page.totalSize).toBe(21);
  });

  it("the context of a task is inferred, and another one refused", async () => {
    await using server = await online(async function* () {
      yield inputRequired("?");
    });
    const { id: taskId, contextId } = await send(server.url, binding, saying("go"));
    const other = saying("answer", { taskId, contextId: "other" });
    const refused = await call(server.url, binding, "SendMessage", other);
    expect(refused.error?.violations).toEqual([expect.objectContaining({ field: "message.contextId" })]);
    const same = saying("answer", { taskId });
    expect(await send(server.url, binding, same)).toMatchObject({ id: taskId, contextId });
  });

  it("a question is answered in its task, by task and context", async () => {
    await using server = await online(async function* () {
      const { parts } = yield inputRequired("Which column?");
      yield artifact("answer", [text(parts[0]?.text ?? "")]);
    });
    const asked = await send(server.url, binding, saying("go"));
    const { id: taskId, contextId } = asked;
    const done = await send(server.url, binding, saying("the second", { taskId, contextId }));
    expect(done).toMatchObject({ id: taskId, status: { state: "TASK_STATE_COMPLETED" } });
    expect(done.artifacts?.[0]?.parts).toEqual([{ text: "the second" }]);
  });

  it("the agent sees the tasks a message refers to, and the context it shares with them", async () => {
    await using server = await online(async function* ({ message, text: said }, context) {
      const referred = await Promise.all((message.referenceTaskIds ?? []).map((id) => context.getTask(id)));
      yield artifact("seen", [
        data([said, context.contextId, referred.map((task) => task?.artifacts?.length ?? null)]),
      ]);
    });
    const first = await send(server.url, binding, saying("first", { contextId: "shared" }));
    const fields = { contextId: "shared", referenceTaskIds: [first.id, "unknown"] };
    const second = await send(server.url, binding, saying("second", fields));
    expect(second.artifacts?.[0]?.parts[0]?.data).toEqual(["second", "shared", [1, null]]);
    expect(second.id).not.toBe(first.id);
  });

  it("the agent sees the accepted output modes", async () => {
    await using server = await online(
      async function* (_, { accepts, acceptedOutputModes }) {
        yield artifact("a", [data([acceptedOutputModes as string[], typeof accepts])]);
      },
      { card: { defaultOutputModes: ["application/json", "text/plain"] } },
    );
    const task = await send(
      server.url,
      binding,
      saying("go", {}, { acceptedOutputModes: ["application/json"] }),
    );
    expect(task.artifacts?.[0]?.parts[0]?.data).toEqual([["application/json"], "function"]);
  });

  it("status messages written by hand are the agent's, in the task's context", async () => {
    const message = { messageId: "by-hand", role: "ROLE_AGENT" as const, parts: [{ text: "hi" }] };
    await using server = await online(async function* () {
      yield { statusUpdate: { status: { state: "TASK_STATE_WORKING", message } } } as never;
    });
    const events = await Events.open(server.url, binding, "SendStreamingMessage", saying("go"));
    const [first, second] = await events.rest();
    const task = first?.task;
    expect(second?.statusUpdate?.status.message).toEqual({
      ...message,
      taskId: task?.id,
      contextId: task?.contextId,
    });
  });

  it("media types that the agent does not take are refused, naming the part", async () => {
    await using server = await online(async function* () {});
    const parts = [{ text: "look" }, { raw: "aGk=", mediaType: "image/png" }];
    for (const operation of ["SendMessage", "SendStreamingMessage"] as const) {
      const { error } = await call(server.url, binding, operation, saying("", { parts }));
      expect(error?.reason).toBe("CONTENT_TYPE_NOT_SUPPORTED");
      expect(error?.violations.map(({ field }) => field)).toEqual(["message.parts[1].mediaType"]);
    }
  });
});
