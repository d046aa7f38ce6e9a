/** Messages that are answered, and the tasks they make (spec 3.1 to 3.4, 4.1, 5.5, 5.6). */
import { tryCheck } from "@parley/a2a/codec";
import type { MessageName } from "@parley/a2a/protocol";
import { given, isInterrupted, isTerminal, nobody, refused, rejected, stateOf } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import { type Probe, seenTask } from "../probe.js";
import type { Exchange } from "../wire/exchange.js";
import { at, type Fields, fieldsOf, listOf } from "../wire/json.js";
import { snakeNames, strangeEnums, timestampsIn } from "../wire/names.js";

const json = ["JSONRPC", "HTTP+JSON"];

/** @throws Failed with every violation unless it is such a message */
export function ensureIs(name: MessageName, value: unknown, exchange: Exchange): void {
  const result = tryCheck(name, value, { mode: "response" });
  const wrong = result.ok ? [] : result.violations;
  const got = wrong.map(({ field, description }) => `${field || name}: ${description}`).join("; ");
  ensure(result.ok, `a ${name} (4.1)`, exchange, got);
}

const historyOf = (task: unknown) => listOf(at(task, "history"));

async function getTask(probe: Probe, request: object = {}) {
  const { id } = await probe.endedTask();
  const answer = await probe.wire.call("GetTask", { id, ...request });
  return { task: fieldsOf(given(answer)), exchange: answer.exchange };
}

/** Answers that hold a task or message of the agent's, with the names that JSON gives them. */
async function* bodies(
  probe: Probe,
): AsyncGenerator<{ name: MessageName; value: unknown; exchange: Exchange }> {
  const { result, exchange } = await probe.first();
  yield { name: "SendMessageResponse", value: result, exchange };
  if (at(result, "task") === undefined) return;
  const got = await getTask(probe);
  yield { name: "Task", value: got.task, exchange: got.exchange };
}

async function replied(probe: Probe): Promise<{ message: Fields; exchange: Exchange }> {
  const { result, exchange } = await probe.first();
  const message = at(result, "message") ?? at(result, "task", "status", "message");
  need(message !== undefined, "the agent's answer holds no message");
  return { message: fieldsOf(message), exchange };
}

export const taskChecks: readonly Check<Probe>[] = [
  must("tasks.answer", "3.1.1", "A message is answered with a task or with a message.", async (probe) => {
    const { result, exchange } = await probe.first();
    const kinds = Object.keys(fieldsOf(result)).filter((name) => name === "task" || name === "message");
    ensure(kinds.length === 1, "either a task or a message", exchange);
  }),
  must(
    "tasks.well-formed",
    "5.7",
    "The answer has every required field, and every field has its type.",
    async (probe) => {
      for await (const { name, value, exchange } of bodies(probe)) ensureIs(name, value, exchange);
    },
  ),
  must(
    "tasks.names",
    "5.5",
    "JSON names are camelCase.",
    async (probe) => {
      for await (const { name, value, exchange } of bodies(probe)) {
        const names = snakeNames(name, value);
        ensure(names.length === 0, "names in camelCase", exchange, names.join(", "));
      }
    },
    json,
  ),
  must(
    "tasks.enums",
    "5.5",
    "Values of enums are written by their names in the proto file.",
    async (probe) => {
      for await (const { name, value, exchange } of bodies(probe)) {
        const strange = strangeEnums(name, value);
        ensure(strange.length === 0, "names such as TASK_STATE_COMPLETED", exchange, strange.join(", "));
      }
    },
    json,
  ),
  must(
    "tasks.utc",
    "5.6.1",
    "Timestamps are ISO 8601 in UTC, ending in Z.",
    async (probe) => {
      const { task, exchange } = await getTask(probe);
      const times = timestampsIn("Task", task);
      need(times.length > 0, "the task has no timestamp");
      const wrong = times.filter(
        ({ value }) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value)),
      );
      const got = wrong.map(({ path, value }) => `${path}: ${value}`).join(", ");
      ensure(wrong.length === 0, "times such as 2025-10-28T10:30:00.000Z", exchange, got);
    },
    json,
  ),
  should(
    "tasks.milliseconds",
    "5.6.1",
    "Timestamps have milliseconds.",
    async (probe) => {
      const { task, exchange } = await getTask(probe);
      const times = timestampsIn("Task", task);
      need(times.length > 0, "the task has no timestamp");
      const holds = times.every(({ value }) => /\.\d{3}/.test(String(value)));
      ensure(holds, "times such as 2025-10-28T10:30:00.000Z", exchange);
    },
    json,
  ),
  must("tasks.agent-role", "4.1.5", "Messages of the agent are of ROLE_AGENT.", async (probe) => {
    const { message, exchange } = await replied(probe);
    ensure(message["role"] === "ROLE_AGENT", '"role": "ROLE_AGENT"', exchange);
  }),
  must("tasks.message-context", "4.1.4", "A message of the agent names its context.", async (probe) => {
    const { message, exchange } = await replied(probe);
    ensure(!!message["contextId"], "a message with a contextId", exchange);
  }),
  must("tasks.unique-ids", "3.4.2", "Every task has an id of its own.", async (probe) => {
    const [one, other] = [await probe.task(), await probe.otherTask()];
    ensure(!!one.task["id"] && one.id !== other.id, `an id other than ${one.id}`, other.answer.exchange);
  }),
  must(
    "tasks.context",
    "3.4.1",
    "A context that the server makes up is told in the answer.",
    async (probe) => {
      const { task, answer } = await probe.task();
      ensure(!!task["contextId"], "a task with a contextId", answer.exchange);
    },
  ),
  must(
    "tasks.client-context",
    "3.4.1",
    "A context that the client names is kept, or the message refused.",
    async (probe) => {
      const contextId = nobody();
      const answer = await probe.send(probe.says.echo, { contextId });
      if (answer.error) return;
      const given = at(answer.result, "task", "contextId") ?? at(answer.result, "message", "contextId");
      ensure(given === contextId, `the context ${contextId}, or an error`, answer.exchange);
    },
  ),
  must("tasks.waits", "3.2.2", "A send waits until the task ends or is interrupted.", async (probe) => {
    const { task, answer } = probe.says.slow === undefined ? await probe.task() : await probe.slowTask();
    ensure(
      isTerminal(task) || isInterrupted(task),
      "a task that has ended or needs its user",
      answer.exchange,
    );
  }),
  must(
    "tasks.returns-immediately",
    "3.2.2",
    "With returnImmediately the answer comes while the task goes on.",
    async (probe) => {
      const { slow } = probe.says;
      need(slow !== undefined, "no message is known (--slow) that the agent works on for some seconds");
      const { task, answer } = seenTask(
        await probe.send(slow, {}, { configuration: { returnImmediately: true } }),
      );
      ensure(!isTerminal(task), "a task that has not ended", answer.exchange);
    },
  ),
  must("tasks.get", "3.1.3", "GetTask gives the task as it is.", async (probe) => {
    const seen = await probe.endedTask();
    const { task, exchange } = await getTask(probe);
    const holds =
      task["id"] === seen.id && task["contextId"] === seen.contextId && stateOf(task) === stateOf(seen.task);
    ensure(holds, `the task ${seen.id} of context ${seen.contextId}, ${stateOf(seen.task)}`, exchange);
  }),
  must("tasks.latest", "3.2.2", "The answer to a send has the artifacts of the task.", async (probe) => {
    const seen = await probe.task();
    need(isTerminal(seen.task), "the task goes on after the answer");
    const { task } = await getTask(probe);
    const ids = listOf(task["artifacts"]).map((artifact) => at(artifact, "artifactId"));
    need(ids.length > 0, "the agent makes no artifacts");
    const answered = listOf(seen.task["artifacts"]).map((artifact) => at(artifact, "artifactId"));
    ensure(
      ids.every((id) => answered.includes(id)),
      `the artifacts ${ids.join(", ")}`,
      seen.answer.exchange,
    );
  }),
  must("tasks.artifact-ids", "4.1.7", "Every artifact of a task has an id of its own.", async (probe) => {
    const { task, exchange } = await getTask(probe);
    const ids = listOf(task["artifacts"]).map((artifact) => at(artifact, "artifactId"));
    need(ids.length > 0, "the agent makes no artifacts");
    ensure(new Set(ids).size === ids.length, "each artifactId once", exchange, ids.join(", "));
  }),
  should("tasks.no-history", "3.2.4", "With historyLength 0 there is no history.", async (probe) => {
    const { task, exchange } = await getTask(probe, { historyLength: 0 });
    ensure(historyOf(task).length === 0 && task["history"] === undefined, "a task without history", exchange);
  }),
  must("tasks.history-length", "4.1.1", "There are no more messages than historyLength.", async (probe) => {
    const whole = await getTask(probe);
    need(historyOf(whole.task).length > 0, "the agent keeps no history");
    for (const historyLength of [0, 1]) {
      const { task, exchange } = await getTask(probe, { historyLength });
      ensure(historyOf(task).length <= historyLength, `at most ${historyLength} messages`, exchange);
    }
  }),
  must(
    "tasks.send-history-length",
    "3.2.2",
    "A send gives no more messages than its historyLength.",
    async (probe) => {
      await probe.task();
      const { task, answer } = seenTask(
        await probe.send(probe.says.echo, {}, { configuration: { historyLength: 0 } }),
      );
      ensure(historyOf(task).length === 0, "no messages", answer.exchange);
    },
  ),
  must(
    "tasks.get-unknown",
    "3.1.3",
    "GetTask of a task that does not exist is TaskNotFoundError.",
    async ({ wire }) => {
      refused(wire, await wire.call("GetTask", { id: nobody() }), "TASK_NOT_FOUND");
    },
  ),
  must(
    "tasks.cancel-unknown",
    "3.1.5",
    "CancelTask of a task that does not exist is TaskNotFoundError.",
    async ({ wire }) => {
      refused(wire, await wire.call("CancelTask", { id: nobody() }), "TASK_NOT_FOUND");
    },
  ),
  must(
    "tasks.cancel-ended",
    "3.1.5",
    "CancelTask of a task that has ended is TaskNotCancelableError.",
    async (probe) => {
      const { id } = await probe.endedTask();
      refused(probe.wire, await probe.wire.call("CancelTask", { id }), "TASK_NOT_CANCELABLE");
    },
  ),
  must(
    "tasks.cancel",
    "3.1.5",
    "CancelTask gives the task in its new state, or says that it cannot be canceled.",
    async (probe) => {
      const { id } = await probe.openTask();
      const answer = await probe.wire.call("CancelTask", { id });
      if (answer.error) return void refused(probe.wire, answer, "TASK_NOT_CANCELABLE");
      ensure(at(answer.result, "id") === id, `the task ${id}`, answer.exchange);
      const { result, exchange } = await probe.wire.call("GetTask", { id });
      ensure(
        stateOf(result) === stateOf(answer.result) || isTerminal(result),
        "the state that was told",
        exchange,
      );
    },
  ),
  must(
    "tasks.continues",
    "3.4.3",
    "A message with the id of a task goes on with it, in its context.",
    async (probe) => {
      const paused = await probe.pausedTask();
      const { task, answer } = seenTask(await probe.send("green", { taskId: paused.id }));
      const holds = task["id"] === paused.id && task["contextId"] === paused.contextId;
      ensure(holds, `the task ${paused.id} of context ${paused.contextId}`, answer.exchange);
    },
  ),
  must(
    "tasks.other-context",
    "3.4.3",
    "A task with another context than its own is refused.",
    async (probe) => {
      const { id } = await probe.pausedTask();
      const answer = await probe.send("green", { taskId: id, contextId: nobody() });
      rejected(probe.wire, answer, "that the task belongs to another context");
    },
  ),
];
