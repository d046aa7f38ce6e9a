/** The first A2A, 0.1; sections are those of its specification. */
import { type Check, ensure, must, need } from "../check.js";
import { isOver, type OldProbe, oldState } from "../probe-old.js";
import { at, type Fields, fieldsOf, listOf } from "../wire/json.js";
import { oldTask } from "../wire/old.js";
import type { V0_1JsonRpc } from "../wire/v0_1.js";
import { jsonRpcChecks, needCapability, streamed, taskChecks } from "./older.js";

export type V0_1Probe = OldProbe<V0_1JsonRpc>;

const states = ["submitted", "working", "input-required", "completed", "canceled", "failed", "unknown"];

const required = ["name", "url", "version", "capabilities", "skills"];

const typesIn = (parts: unknown) =>
  listOf(parts).every((part) => ["text", "file", "data"].includes(String(at(part, "type"))));

/** The stream of the echo-like message, and the id that was chosen for its task. */
async function echoed(probe: V0_1Probe) {
  needCapability(probe, "streaming");
  await probe.first();
  const params = probe.wire.params(probe.says.echo);
  const { events, exchange } = await streamed(probe, probe.wire.stream("tasks/sendSubscribe", params));
  return { id: params.id, events, exchange };
}

export const v0_1Checks: readonly Check<V0_1Probe>[] = [
  must("v0_1.card", "5.5", "The card of 0.1 has every required field.", async ({ card }) => {
    need(card["url"] !== undefined, "the agent publishes no card in the form of 0.1");
    const missing = required.filter((name) => card[name] === undefined);
    ensure(
      missing.length === 0,
      `a card with ${required.join(", ")}`,
      undefined,
      `without ${missing.join(", ")}`,
    );
  }),
  must("v0_1.send", "6.1", "A task has the id that its client chose.", async (probe) => {
    await probe.first();
    const params = probe.wire.params(probe.says.echo);
    const { result, exchange } = await probe.wire.call("tasks/send", params);
    probe.notice(result);
    ensure(oldTask(result)?.["id"] === params.id, `a task with the id ${params.id}`, exchange);
  }),
  must("v0_1.types", "6.5", "Parts say their type.", async (probe) => {
    const { task, answer } = await probe.task();
    const parts = [at(task, "status", "message", "parts")];
    for (const artifact of listOf(task["artifacts"])) parts.push(at(artifact, "parts"));
    ensure(parts.every(typesIn), "parts with a type", answer.exchange);
  }),
  must("v0_1.states", "6.3", "States are those that there are.", async (probe) => {
    const { task, answer } = await probe.task();
    ensure(states.includes(oldState(task)), `one of ${states.join(", ")}`, answer.exchange);
  }),
  ...taskChecks("v0_1"),
  ...jsonRpcChecks("v0_1", "tasks/send"),
  must(
    "v0_1.stream",
    "7.2.1",
    "A stream gives updates of the task's status and artifacts.",
    async (probe) => {
      const { id, events, exchange } = await echoed(probe);
      const holds = events.seen.every(
        (event) => event["id"] === id && ("status" in event || "artifact" in event),
      );
      ensure(events.seen.length > 0 && holds, `events of the task ${id} with status or artifact`, exchange);
    },
  ),
  must(
    "v0_1.final",
    "7.2.2",
    "The update that ends the task is final, and the stream ends with it.",
    async (probe) => {
      const { events, exchange } = await echoed(probe);
      const end = events.seen.findIndex(isOver);
      need(end >= 0, "no update ended the task");
      ensure(fieldsOf(events.seen[end])["final"] === true, '"final": true', exchange);
      const last = end === events.seen.length - 1 && events.ended === "closed";
      ensure(last, "the end of the stream after it", exchange);
    },
  ),
  must("v0_1.push", "7.5", "A push notification configuration is set and read back.", async (probe) => {
    needCapability(probe, "pushNotifications");
    const { id } = await probe.endedTask();
    const url = "https://example.com/conformance";
    const config: Fields = { id, pushNotificationConfig: { url } };
    for (const { result, exchange } of [
      await probe.wire.call("tasks/pushNotification/set", config),
      await probe.wire.call("tasks/pushNotification/get", { id }),
    ])
      ensure(at(result, "pushNotificationConfig", "url") === url, "the configuration", exchange);
  }),
];
