/** Following, listing and canceling tasks (spec 3.1.3 to 3.1.6, 3.5.2), on both bindings of a real server. */
import { describe, expect, it } from "vitest";
import { artifact, authRequired, inputRequired, working } from "../../src/index.js";
import type { ListTasksResponse, Task } from "../../src/protocol/index.js";
import { bindings, call, Events, gate, online, saying, send, told } from "./rig.js";

/** Works until it is told to go on, then writes ten chunks. */
function held() {
  const { opened, open } = gate();
  const agent = async function* () {
    yield working("first");
    await opened;
    for (let i = 0; i < 10; i++) yield artifact("a", `${i}`, { append: i > 0 });
  };
  return { agent, open };
}

const startHeld = (url: string, binding: (typeof bindings)[number]) =>
  send(url, binding, saying("go", {}, { returnImmediately: true }));

describe.each(bindings)("over %s", (binding) => {
  const list = async (url: string, request: object) =>
    (await call(url, binding, "ListTasks", request)).result as ListTasksResponse;

  it("a list leaves artifacts out unless they are asked for", async () => {
    await using server = await online(async function* () {
      yield artifact("a", "x");
    });
    await send(server.url, binding, saying("go"));
    for (const includeArtifacts of [undefined, false]) {
      const { tasks } = await list(server.url, { includeArtifacts });
      expect(tasks).toHaveLength(1);
      expect(tasks[0]).not.toHaveProperty("artifacts");
    }
    const { tasks } = await list(server.url, { includeArtifacts: true });
    expect(tasks[0]?.artifacts).toEqual([expect.objectContaining({ artifactId: "a" })]);
  });

  it("a list says by nextPageToken whether there is more, and walks newest status first", async () => {
    await using server = await online(async function* () {
      yield inputRequired("?");
    });
    const { url } = server;
    expect(await list(url, {})).toEqual({ tasks: [], nextPageToken: "", pageSize: 50, totalSize: 0 });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift((await send(url, binding, saying("go"))).id);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const touched = ids.pop() as string;
    await call(url, binding, "CancelTask", { id: touched });
    ids.unshift(touched);
    const pages: Task[][] = [];
    let pageToken: string | undefined;
    do {
      const page = await list(url, { pageSize: 2, pageToken });
      expect(page).toMatchObject({ pageSize: 2, totalSize: 5, nextPageToken: expect.any(String) });
      pages.push(page.tasks);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(await list(url, { pageSize: 5 })).toMatchObject({ nextPageToken: "" });
    const seen = pages.flat();
    expect(seen.map(({ id }) => id)).toEqual(ids);
    const times = seen.map(({ status }) => status.timestamp as string);
    expect(times).toEqual([...times].sort().reverse());
  });

  it("a subscription begins with the task as it is and ends with it", async () => {
    const { agent, open } = held();
    await using server = await online(agent);
    const { id } = await startHeld(server.url, binding);
    const read = async () => (await call(server.url, binding, "GetTask", { id })).result as Task;
    await expect.poll(async () => (await read()).status.state).toBe("TASK_STATE_WORKING");
    const events = await Events.open(server.url, binding, "SubscribeToTask", { id });
    expect(await events.next()).toEqual({ task: await read() });
    open();
    const rest = await events.rest();
    expect(rest.map(told)).toEqual([...new Array(10).fill("artifactUpdate"), "TASK_STATE_COMPLETED"]);
    const { error } = await call(server.url, binding, "SubscribeToTask", { id });
    expect(error?.reason).toBe("UNSUPPORTED_OPERATION");
    expect((await call(server.url, binding, "SubscribeToTask", { id: "unknown" })).error?.reason).toBe(
      "TASK_NOT_FOUND",
    );
  });

  it("all streams of a task get the same events in the order they were made; one that leaves disturbs none", async () => {
    const { agent, open } = held();
    await using server = await online(agent);
    const { url } = server;
    const sent = await Events.open(url, binding, "SendStreamingMessage", saying("go"));
    const id = (await sent.next())?.task?.id as string;
    await sent.next();
    const others = await Promise.all(
      [1, 2, 3].map(() => Events.open(url, binding, "SubscribeToTask", { id })),
    );
    for (const other of others) await other.next();
    (others.pop() as Events).leave();
    open();
    const [first, ...same] = await Promise.all([sent, ...others].map((events) => events.rest()));
    const chunks = first?.flatMap((event) => event.artifactUpdate?.artifact.parts[0]?.text ?? []);
    expect(chunks).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(first?.map(told).at(-1)).toBe("TASK_STATE_COMPLETED");
    for (const events of same) expect(events).toEqual(first);
  });

  it("a task goes on when every stream of it has left", async () => {
    const { agent, open } = held();
    await using server = await online(agent);
    const sent = await Events.open(server.url, binding, "SendStreamingMessage", saying("go"));
    const id = (await sent.next())?.task?.id as string;
    sent.leave();
    open();
    const read = async () => (await call(server.url, binding, "GetTask", { id })).result as Task;
    await expect.poll(async () => (await read()).status.state).toBe("TASK_STATE_COMPLETED");
    expect((await read()).artifacts?.[0]?.parts).toEqual([{ text: "0123456789" }]);
  });

  it("at AUTH_REQUIRED streams stay open, messages reach the agent, and it goes on without one", async () => {
    const { opened, open } = gate();
    await using server = await online(async function* (_, context) {
      yield authRequired("Log in at https://login.example");
      const { parts } = await context.nextMessage();
      yield artifact("said", parts);
      await opened;
    });
    const { url } = server;
    const sent = await Events.open(url, binding, "SendStreamingMessage", saying("go"));
    const id = (await sent.next())?.task?.id as string;
    const required = await sent.next();
    expect(required?.statusUpdate?.status).toMatchObject({
      state: "TASK_STATE_AUTH_REQUIRED",
      message: { parts: [{ text: "Log in at https://login.example" }] },
    });
    const watching = await Events.open(url, binding, "SubscribeToTask", { id });
    expect(told(await watching.next())).toBe("TASK_STATE_AUTH_REQUIRED");
    const answered = await send(url, binding, saying("not like this", { taskId: id }));
    expect(answered.status.state).toBe("TASK_STATE_AUTH_REQUIRED");
    open();
    for (const events of [sent, watching]) {
      const rest = await events.rest();
      expect(rest.find((event) => event.artifactUpdate)?.artifactUpdate?.artifact.parts).toEqual([
        { text: "not like this" },
      ]);
      expect(rest.map(told).at(-1)).toBe("TASK_STATE_COMPLETED");
    }
  });

  it("canceling twice leaves the same canceled task", async () => {
    await using server = await online(async function* () {
      yield inputRequired("?");
    });
    const { id } = await send(server.url, binding, saying("go"));
    const first = (await call(server.url, binding, "CancelTask", { id })).result as Task;
    expect(first.status.state).toBe("TASK_STATE_CANCELED");
    const again = await call(server.url, binding, "CancelTask", { id });
    expect(again.error).toMatchObject({ reason: "TASK_NOT_CANCELABLE", metadata: { taskId: id } });
    expect((await call(server.url, binding, "GetTask", { id })).result).toEqual(first);
  });
});
