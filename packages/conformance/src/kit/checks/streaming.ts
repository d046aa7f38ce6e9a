/** Streams (spec 3.1.2, 3.1.6, 3.5.2). */
import type { ErrorReason, OperationName } from "@parley/a2a/protocol";
import { isTerminal, nobody, refused, stateOf } from "../answers.js";
import { type Check, ensure, must, need } from "../check.js";
import type { Probe } from "../probe.js";
import { at, fieldsOf, listOf } from "../wire/json.js";
import type { Stream } from "../wire/wire.js";
import { ensureIs } from "./tasks.js";

/** The stream of a task; its first event aside. */
async function taskStream(probe: Probe) {
  const stream = await probe.streamed();
  const [first, ...updates] = stream.events.seen;
  const task = at(first, "task");
  need(at(first, "message") === undefined, "the agent answers with a Message, so that there is no task");
  return { stream, task: fieldsOf(task), updates };
}

const updateOf = (event: unknown) => at(event, "statusUpdate") ?? at(event, "artifactUpdate");
const endsTask = (event: unknown) => isTerminal(at(event, "statusUpdate")) || isTerminal(at(event, "task"));

/** The text of every artifact, put together as the updates say. */
function artifactTexts(events: readonly unknown[]): Map<unknown, string> {
  const texts = new Map<unknown, string>();
  for (const event of events) {
    for (const artifact of listOf(at(event, "task", "artifacts")))
      texts.set(at(artifact, "artifactId"), textsOf(artifact));
    const update = at(event, "artifactUpdate");
    if (update === undefined) continue;
    const id = at(update, "artifact", "artifactId");
    const before = at(update, "append") === true ? (texts.get(id) ?? "") : "";
    texts.set(id, before + textsOf(at(update, "artifact")));
  }
  return texts;
}

const textsOf = (artifact: unknown) =>
  listOf(at(artifact, "parts"))
    .map((part) => at(part, "text") ?? "")
    .join("");

/** A subscription to a task that has not ended. */
async function subscribed(probe: Probe): Promise<{ stream: Stream; id: string }> {
  need(probe.can("streaming"), "the card declares no streaming");
  const { id } = await probe.openTask();
  const stream = await probe.wire.open("SubscribeToTask", { id });
  if (stream.error !== undefined) {
    const { result } = await probe.wire.call("GetTask", { id });
    need(!isTerminal(result), "the task was done before it could be subscribed to");
  }
  ensure(stream.error === undefined, "a stream", stream.exchange);
  return { stream, id };
}

/** @throws Failed unless a stream is refused with this error */
async function refusedStream(
  probe: Probe,
  operation: OperationName,
  request: object,
  reason: ErrorReason,
): Promise<void> {
  const stream = await probe.wire.open(operation, request);
  stream.events.close();
  refused(probe.wire, stream, reason);
}

const stateIn = (event: unknown) => stateOf(at(event, "statusUpdate") ?? at(event, "task"));

export const streamingChecks: readonly Check<Probe>[] = [
  must("streaming.starts", "3.1.2", "A stream begins with the task, or is one message.", async (probe) => {
    const { events, exchange } = await probe.streamed();
    const [first] = events.seen;
    const holds = at(first, "task") !== undefined || at(first, "message") !== undefined;
    ensure(holds, "a task or a message as the first event", exchange);
  }),
  must(
    "streaming.one-message",
    "3.1.2",
    "A message is the only event of its stream, which then closes.",
    async (probe) => {
      const { events, exchange } = await probe.streamed();
      need(at(events.seen[0], "message") !== undefined, "the agent answers with a task");
      ensure(events.seen.length === 1, "one event", exchange);
      ensure(events.ended === "closed", "the end of the stream after it", exchange);
    },
  ),
  must(
    "streaming.well-formed",
    "3.2.3",
    "Every event is a StreamResponse with one member.",
    async (probe) => {
      const { events, exchange } = await probe.streamed();
      for (const event of events.seen) ensureIs("StreamResponse", event, exchange);
    },
  ),
  must(
    "streaming.updates",
    "3.1.2",
    "After the task come its updates, and no other task's.",
    async (probe) => {
      const { stream, task, updates } = await taskStream(probe);
      for (const event of updates) {
        const of = at(event, "task") ?? updateOf(event);
        ensure(at(event, "message") === undefined, "a status or artifact update", stream.exchange);
        const ids = [at(of, "taskId") ?? at(of, "id"), at(of, "contextId")];
        const holds = ids[0] === task["id"] && ids[1] === task["contextId"];
        ensure(holds, `events of task ${task["id"]} in context ${task["contextId"]}`, stream.exchange);
      }
    },
  ),
  must("streaming.closes", "3.1.2", "The stream closes when the task ends.", async (probe) => {
    const { stream } = await taskStream(probe);
    const ended = stream.events.seen.some(endsTask);
    need(ended || stream.events.ended === undefined, "the stream ended before the task did");
    ensure(
      stream.events.ended === "closed",
      "the end of the stream after the end of the task",
      stream.exchange,
    );
  }),
  must(
    "streaming.tells-the-end",
    "3.1.2",
    "The stream of a task goes on until the task ends or is interrupted.",
    async (probe) => {
      const { stream, task } = await taskStream(probe);
      const last = stream.events.seen.map(stateIn).findLast((state) => state !== undefined);
      const { result, exchange } = await probe.wire.call("GetTask", { id: task["id"] });
      ensure(stateOf(result) === last, `a task that is ${last}, as the stream said last`, exchange);
    },
  ),
  must(
    "streaming.nothing-after",
    "3.1.2",
    "After the update that ends the task comes no other.",
    async (probe) => {
      const { stream } = await taskStream(probe);
      const end = stream.events.seen.findIndex((event) => isTerminal(at(event, "statusUpdate")));
      need(end >= 0, "no update ended the task");
      const after = stream.events.seen.slice(end + 1).filter((event) => at(event, "task") === undefined);
      ensure(after.length === 0, "nothing after the end", stream.exchange);
    },
  ),
  must(
    "streaming.order",
    "3.5.2",
    "Events come in the order in which they were made: put together, they are the task.",
    async (probe) => {
      const { stream, task } = await taskStream(probe);
      const streamed = artifactTexts(stream.events.seen);
      need(streamed.size > 0, "the agent makes no artifacts");
      const { result, exchange } = await probe.wire.call("GetTask", { id: task["id"] });
      for (const artifact of listOf(at(result, "artifacts"))) {
        const text = streamed.get(at(artifact, "artifactId"));
        ensure(text === textsOf(artifact), `artifacts as they were streamed, “${text}”`, exchange);
      }
    },
  ),
  must(
    "streaming.unknown-task",
    "3.1.2",
    "Streaming a message to a task that does not exist is TaskNotFoundError.",
    async (probe) => {
      need(probe.can("streaming"), "the card declares no streaming");
      const message = probe.message(probe.says.echo, { taskId: nobody() });
      await refusedStream(probe, "SendStreamingMessage", { message }, "TASK_NOT_FOUND");
    },
  ),
  must(
    "streaming.subscribe-unknown",
    "3.1.6",
    "Subscribing to a task that does not exist is TaskNotFoundError.",
    async (probe) => {
      need(probe.can("streaming"), "the card declares no streaming");
      await refusedStream(probe, "SubscribeToTask", { id: nobody() }, "TASK_NOT_FOUND");
    },
  ),
  must(
    "streaming.subscribe-ended",
    "3.1.6",
    "Subscribing to a task that has ended is UnsupportedOperationError.",
    async (probe) => {
      need(probe.can("streaming"), "the card declares no streaming");
      const { id } = await probe.endedTask();
      await refusedStream(probe, "SubscribeToTask", { id }, "UNSUPPORTED_OPERATION");
    },
  ),
  must(
    "streaming.subscribe-begins",
    "3.1.6",
    "A subscription begins with the task as it is.",
    async (probe) => {
      const { stream, id } = await subscribed(probe);
      stream.events.close();
      ensure(
        at(stream.events.seen[0], "task", "id") === id,
        `the task ${id} as the first event`,
        stream.exchange,
      );
    },
  ),
  must("streaming.subscribe-closes", "3.1.6", "A subscription closes when the task ends.", async (probe) => {
    const { stream, id } = await subscribed(probe);
    const canceled = await probe.wire.call("CancelTask", { id });
    need(canceled.error === undefined, "the agent lets no task be canceled");
    await stream.events.until(() => stream.events.ended !== undefined, probe.line.patience);
    const { ended } = stream.events;
    stream.events.close();
    ensure(stream.events.seen.some(endsTask), "the end of the task as an event", stream.exchange);
    ensure(ended === "closed", "the end of the stream after it", stream.exchange);
  }),
  must(
    "streaming.broadcast",
    "3.5.2",
    "Every stream of a task gets every event; one that is closed disturbs none.",
    async (probe) => {
      const { stream: left, id } = await subscribed(probe);
      const stays = await probe.wire.open("SubscribeToTask", { id });
      need(stays.error === undefined, "the agent serves one stream of a task at a time, which is its right");
      left.events.close();
      const canceled = await probe.wire.call("CancelTask", { id });
      need(canceled.error === undefined, "the agent lets no task be canceled");
      const ended = await stays.events.until(() => stays.events.seen.some(endsTask), probe.line.patience);
      stays.events.close();
      ensure(ended, "the end of the task as an event of the stream that stayed", stays.exchange);
    },
  ),
  must(
    "streaming.unsupported",
    "3.3.4",
    "Without streaming, SendStreamingMessage is UnsupportedOperationError.",
    async (probe) => {
      need(!probe.can("streaming"), "the agent has streaming");
      const message = probe.message(probe.says.echo);
      await refusedStream(probe, "SendStreamingMessage", { message }, "UNSUPPORTED_OPERATION");
    },
  ),
  must(
    "streaming.subscribe-unsupported",
    "3.3.4",
    "Without streaming, SubscribeToTask is UnsupportedOperationError.",
    async (probe) => {
      need(!probe.can("streaming"), "the agent has streaming");
      await refusedStream(probe, "SubscribeToTask", { id: nobody() }, "UNSUPPORTED_OPERATION");
    },
  ),
];
