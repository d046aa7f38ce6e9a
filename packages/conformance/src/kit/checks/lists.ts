/** ListTasks (spec 3.1.4). */
import { given, nobody, rejected, stateOf } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import { type Probe, seenTask } from "../probe.js";
import type { Exchange } from "../wire/exchange.js";
import { at, type Fields, fieldsOf, listOf } from "../wire/json.js";

interface Page {
  readonly page: Fields;
  readonly tasks: readonly Fields[];
  readonly exchange: Exchange;
}

async function list(probe: Probe, request: object): Promise<Page> {
  const answer = await probe.wire.call("ListTasks", request);
  const page = fieldsOf(given(answer));
  return { page, tasks: listOf(page["tasks"]).map(fieldsOf), exchange: answer.exchange };
}

/** Two tasks of one context, the second one made later. */
async function twins(probe: Probe) {
  const first = await probe.task();
  const second = seenTask(await probe.send(probe.says.echo, { contextId: first.contextId }));
  need(second.contextId === first.contextId, "the agent puts no two tasks into one context");
  return { contextId: first.contextId, ids: [second.id, first.id] };
}

const idsOf = (tasks: readonly Fields[]) => tasks.map((task) => task["id"]);
const timeOf = (task: Fields) => Date.parse(String(at(task, "status", "timestamp")));

export const listChecks: readonly Check<Probe>[] = [
  must("lists.contains", "3.1.4", "The tasks that there are are listed.", async (probe) => {
    const { id, contextId } = await probe.task();
    const { tasks, exchange } = await list(probe, { contextId });
    ensure(idsOf(tasks).includes(id), `the task ${id}`, exchange);
  }),
  must(
    "lists.members",
    "3.1.4",
    "A page has nextPageToken, pageSize and totalSize, always.",
    async (probe) => {
      const { page, exchange } = await list(probe, { contextId: nobody() });
      const { tasks, nextPageToken, pageSize, totalSize } = page;
      const numbers = typeof pageSize === "number" && typeof totalSize === "number";
      ensure(Array.isArray(tasks) && numbers, "tasks, pageSize and totalSize", exchange);
      ensure(nextPageToken === "", '"nextPageToken": "" at the end of the list', exchange);
    },
    ["JSONRPC", "HTTP+JSON"],
  ),
  must("lists.context", "3.1.4", "With a context, only its tasks are listed.", async (probe) => {
    const { contextId } = await probe.task();
    await probe.otherTask();
    const { tasks, exchange } = await list(probe, { contextId });
    ensure(
      tasks.every((task) => task["contextId"] === contextId),
      `only tasks of ${contextId}`,
      exchange,
    );
  }),
  must("lists.state", "3.1.4", "With a state, only tasks in it are listed.", async (probe) => {
    const { task } = await probe.endedTask();
    const other = stateOf(task) === "TASK_STATE_REJECTED" ? "TASK_STATE_FAILED" : "TASK_STATE_REJECTED";
    for (const status of [stateOf(task), other]) {
      const { tasks, exchange } = await list(probe, { status });
      ensure(
        tasks.every((each) => stateOf(each) === status),
        `only tasks in ${status}`,
        exchange,
      );
    }
  }),
  must("lists.time", "3.1.4", "With a time, only tasks updated since are listed.", async (probe) => {
    await probe.task();
    const { tasks, exchange } = await list(probe, { statusTimestampAfter: "2199-01-01T00:00:00.000Z" });
    ensure(tasks.length === 0, "no task of a time that is still to come", exchange);
  }),
  must("lists.page-size", "3.1.4", "A page has no more tasks than pageSize.", async (probe) => {
    await probe.task();
    await probe.otherTask();
    const { tasks, exchange } = await list(probe, { pageSize: 1 });
    ensure(tasks.length === 1, "one task", exchange);
  }),
  must(
    "lists.pages",
    "3.1.4",
    "Pages follow each other by nextPageToken, every task once, until it is empty.",
    async (probe) => {
      const { contextId, ids } = await twins(probe);
      const first = await list(probe, { contextId, pageSize: 1 });
      const pageToken = first.page["nextPageToken"];
      ensure(
        typeof pageToken === "string" && pageToken !== "",
        "a nextPageToken, as there is a second task",
        first.exchange,
      );
      const second = await list(probe, { contextId, pageSize: 1, pageToken });
      const seen = [...idsOf(first.tasks), ...idsOf(second.tasks)];
      ensure(
        ids.every((id) => seen.includes(id)),
        `the other of ${ids.join(" and ")}`,
        second.exchange,
      );
    },
  ),
  must("lists.total", "3.1.4", "totalSize counts the tasks of all pages.", async (probe) => {
    const { contextId } = await twins(probe);
    const all = await list(probe, { contextId });
    const { page, exchange } = await list(probe, { contextId, pageSize: 1 });
    ensure(page["totalSize"] === all.tasks.length, `"totalSize": ${all.tasks.length}`, exchange);
  }),
  must("lists.order", "3.1.4", "Tasks come newest status first.", async (probe) => {
    // Those that have ended: their last update is that of their status.
    const { contextId } = await twins(probe);
    const { tasks, exchange } = await list(probe, { contextId });
    const times = tasks.map(timeOf);
    need(times.length > 1 && times.every((time) => !Number.isNaN(time)), "the tasks have no timestamps");
    const holds = times.every((time, i) => i === 0 || time <= (times[i - 1] as number));
    ensure(holds, "status.timestamp in descending order", exchange);
  }),
  must(
    "lists.no-artifacts",
    "3.1.4",
    "Unless they are asked for, listed tasks have no artifacts, not even an empty list.",
    async (probe) => {
      const { contextId } = await probe.task();
      const { tasks, exchange } = await list(probe, { contextId });
      ensure(
        tasks.every((task) => !("artifacts" in task)),
        "tasks without artifacts",
        exchange,
      );
    },
  ),
  should(
    "lists.artifacts",
    "3.1.4",
    "With includeArtifacts they are listed with their artifacts.",
    async (probe) => {
      const { contextId, id } = await probe.endedTask();
      const whole = await probe.wire.call("GetTask", { id });
      const count = listOf(at(given(whole), "artifacts")).length;
      need(count > 0, "the agent makes no artifacts");
      const { tasks, exchange } = await list(probe, { contextId, includeArtifacts: true });
      const listed = tasks.find((task) => task["id"] === id);
      ensure(listOf(at(listed, "artifacts")).length === count, `the artifacts of task ${id}`, exchange);
    },
  ),
  must(
    "lists.history-length",
    "3.1.4",
    "Listed tasks have no more messages than historyLength.",
    async (probe) => {
      const { contextId } = await probe.task();
      const { tasks, exchange } = await list(probe, { contextId, historyLength: 0 });
      ensure(
        tasks.every((task) => listOf(task["history"]).length === 0),
        "tasks without messages",
        exchange,
      );
    },
  ),
  should("lists.bad-page-size", "3.3.2", "A negative page size is refused.", async (probe) => {
    rejected(
      probe.wire,
      await probe.wire.call("ListTasks", { pageSize: -1 }),
      "that a page has 1 to 100 tasks",
    );
  }),
  should("lists.bad-token", "3.3.2", "A page token that was never given is refused.", async (probe) => {
    const answer = await probe.wire.call("ListTasks", { pageToken: nobody() });
    rejected(probe.wire, answer, "that there is no such page");
  }),
];
