/** The cells: what is tried between each client and each server. What a server does, its message's first word says. */
import type { Driver } from "./driver.js";
import { equal, fails, holds, refused } from "./expect.js";
import type { Hooks } from "./hooks.js";
import { type Json, list, object, type Seen, seen, textOf } from "./normal.js";
import type { Protocol } from "./peers.js";

export interface Cell {
  readonly id: string;
  /** The versions that can say it; all unless told. */
  readonly protocols?: readonly Protocol[];
  /** @throws Error saying what was wrong */
  run(client: Driver, hooks: Hooks, protocol: Protocol): Promise<void>;
}

const send = async (client: Driver, args: Json): Promise<Seen> => seen(await client.call("send", args));

const completed = async (client: Driver) => {
  const task = await send(client, { text: "echo hello" });
  equal("state", task.state, "completed");
  return task;
};

/** A task that works until it is canceled. */
const running = async (client: Driver) => {
  const task = await send(client, { text: "slow", returnImmediately: true });
  holds(`state is ${task.state}`, ["submitted", "working"].includes(task.state));
  return task;
};

async function collect(stream: AsyncIterable<unknown>): Promise<Seen[]> {
  const events: Seen[] = [];
  for await (const event of stream) events.push(seen(event));
  return events;
}

/** A running task with a push configuration, taken down afterwards. */
async function configured(
  client: Driver,
  hooks: Hooks,
  check: (taskId: string, url: string, created: Json) => Promise<void>,
): Promise<void> {
  const { id: taskId } = await running(client);
  const { url } = hooks.open();
  await check(taskId, url, object(await client.call("push-create", { taskId, id: "hook", url })));
  await client.call("cancel", { id: taskId });
}

/** Of 0.3, the settings are one level deeper. */
const settings = (config: unknown): Json => {
  const json = object(config);
  return object(json.pushNotificationConfig ?? json);
};

/** In the second part, so that the first can say what to do with them. */
const kinds = [
  { text: "some text" },
  { data: { rows: [1, 2], deep: { yes: true } } },
  { bytes: "aGVsbG8=", mediaType: "text/csv" },
  { url: "https://example.com/a.csv", mediaType: "text/csv" },
];

export const cells: readonly Cell[] = [
  {
    id: "card",
    async run(client) {
      const { name, capabilities } = object(await client.call("card"));
      equal("name", name, "Interop");
      equal("streaming", object(capabilities).streaming, true);
    },
  },
  {
    id: "send, answered by a Task",
    async run(client) {
      const task = await completed(client);
      equal("kind", task.kind, "task");
      equal("text", textOf(task), "hello");
    },
  },
  {
    id: "send, answered by a Message",
    async run(client) {
      const message = await send(client, { text: "message hello" });
      equal("kind", message.kind, "message");
      equal("text", textOf(message), "hello");
    },
  },
  {
    id: "send, a failing task",
    async run(client) {
      equal("state", (await send(client, { text: "fail" })).state, "failed");
    },
  },
  {
    id: "parts of all kinds, there and back",
    async run(client) {
      const { parts } = await send(client, { text: "parts", parts: kinds });
      equal("parts", parts, kinds);
    },
  },
  {
    id: "send, multi-turn",
    async run(client) {
      const asked = await send(client, { text: "ask" });
      equal("state", asked.state, "input-required");
      const { id: taskId, contextId } = asked;
      const answered = await send(client, { text: "blue", taskId, contextId });
      equal("task", answered.id, taskId);
      equal("state", answered.state, "completed");
      equal("text", textOf(answered), "blue");
    },
  },
  {
    id: "stream",
    async run(client) {
      const events = await collect(client.stream("stream", { text: "count" }));
      const pieces = events.filter(({ kind }) => kind === "artifact").map(textOf);
      equal("pieces", pieces, ["1", "2", "3"]);
      equal("last state", events.at(-1)?.state, "completed");
    },
  },
  {
    id: "stream, answered by a Message",
    async run(client) {
      const events = await collect(client.stream("stream", { text: "message hello" }));
      equal(
        "events",
        events.map(({ kind }) => kind),
        ["message"],
      );
    },
  },
  {
    id: "stream, multi-turn",
    async run(client) {
      const asked = await collect(client.stream("stream", { text: "ask" }));
      equal("last state", asked.at(-1)?.state, "input-required");
      const [{ id: taskId = "", contextId = "" } = {}] = asked;
      const answered = await collect(client.stream("stream", { text: "blue", taskId, contextId }));
      equal("last state", answered.at(-1)?.state, "completed");
    },
  },
  {
    id: "get",
    async run(client) {
      const { id, contextId } = await completed(client);
      const task = seen(await client.call("get", { id }));
      equal("task", [task.id, task.contextId, task.state], [id, contextId, "completed"]);
      equal("text", textOf(task), "hello");
    },
  },
  {
    id: "list",
    protocols: ["1.0"],
    async run(client) {
      const { id, contextId } = await completed(client);
      const second = await send(client, { text: "echo again", contextId });
      const { tasks } = object(await client.call("list", { contextId }));
      const ids = list(tasks).map((task) => seen(task).id);
      equal("tasks", ids.toSorted(), [id, second.id].toSorted());
    },
  },
  {
    id: "cancel",
    async run(client) {
      const { id } = await running(client);
      equal("state", seen(await client.call("cancel", { id })).state, "canceled");
      equal("state afterwards", seen(await client.call("get", { id })).state, "canceled");
    },
  },
  {
    id: "subscribe",
    async run(client) {
      const { id } = await running(client);
      const stream = client.stream("subscribe", { id });
      const first = await stream.next();
      equal("first event's task", seen(first.value).id, id);
      await client.call("cancel", { id });
      equal("last state", (await collect(stream)).at(-1)?.state, "canceled");
    },
  },
  {
    id: "push: create",
    run: (client, hooks) =>
      configured(client, hooks, async (_taskId, url, created) => {
        equal("url", settings(created).url, url);
      }),
  },
  {
    id: "push: get",
    run: (client, hooks) =>
      configured(client, hooks, async (taskId, url) => {
        equal("url", settings(await client.call("push-get", { taskId, id: "hook" })).url, url);
      }),
  },
  {
    id: "push: list",
    run: (client, hooks) =>
      configured(client, hooks, async (taskId, url) => {
        const { configs } = object(await client.call("push-list", { taskId }));
        equal(
          "urls",
          list(configs).map((config) => settings(config).url),
          [url],
        );
      }),
  },
  {
    id: "push: delete",
    run: (client, hooks) =>
      configured(client, hooks, async (taskId) => {
        await client.call("push-delete", { taskId, id: "hook" });
        await refused(client.call("push-get", { taskId, id: "hook" }));
      }),
  },
  {
    id: "push: delivery",
    async run(client, hooks, protocol) {
      const { url, posts } = hooks.open();
      const task = await send(client, { text: "echo hello", push: { id: "hook", url } });
      await posts.until((post) => {
        const body = seen(post);
        // In 0.3 a webhook is the Task itself.
        const form = "kind" in object(post) ? "0.3" : "1.0";
        return body.id === task.id && body.state === "completed" && form === protocol;
      });
    },
  },
  {
    id: "extended card",
    async run(client) {
      equal("name", object(await client.call("extended-card")).name, "Interop, extended");
    },
  },
  {
    id: "error: TaskNotFound",
    run: (client) => fails("TASK_NOT_FOUND", client.call("get", { id: crypto.randomUUID() })),
  },
  {
    id: "error: TaskNotCancelable",
    async run(client) {
      const { id } = await completed(client);
      await fails("TASK_NOT_CANCELABLE", client.call("cancel", { id }));
    },
  },
  {
    id: "error: UnsupportedOperation",
    protocols: ["1.0"],
    async run(client) {
      const { id } = await completed(client);
      await fails("UNSUPPORTED_OPERATION", client.call("subscribe", { id }));
    },
  },
  {
    id: "error: VersionNotSupported",
    protocols: ["1.0"],
    run: (client) => fails("VERSION_NOT_SUPPORTED", client.call("send", { text: "echo x", version: "9.9" })),
  },
  {
    id: "error: InvalidParams, a message without parts",
    run: (client) => fails("INVALID_PARAMS", client.call("send", { parts: [] })),
  },
  {
    id: "error: InvalidParams, a page of 1,000",
    protocols: ["1.0"],
    run: (client) => fails("INVALID_PARAMS", client.call("list", { pageSize: 1000 })),
  },
];
