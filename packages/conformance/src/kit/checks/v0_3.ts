/** A2A 0.3; sections are those of its specification. */
import { type Check, ensure, must, need, should } from "../check.js";
import { isOver, type OldProbe, oldState } from "../probe-old.js";
import { at, type Fields, fieldsOf, listOf } from "../wire/json.js";
import { oldTask } from "../wire/old.js";
import type { V0_3HttpJson, V0_3JsonRpc } from "../wire/v0_3.js";
import type { V0_3Grpc } from "../wire/v0_3-grpc.js";
import { jsonRpcChecks, needCapability, streamed, taskChecks } from "./older.js";

export type V0_3Probe = OldProbe<V0_3JsonRpc | V0_3HttpJson | V0_3Grpc>;

const jsonrpc = ["JSONRPC"];

const states = [
  "submitted",
  "working",
  "input-required",
  "completed",
  "canceled",
  "failed",
  "rejected",
  "auth-required",
  "unknown",
];

const required = [
  "name",
  "description",
  "version",
  "protocolVersion",
  "url",
  "preferredTransport",
  "capabilities",
];
const requiredLists = ["defaultInputModes", "defaultOutputModes", "skills"];

/** Every part of a message or artifact says its kind. */
const kindsIn = (parts: unknown) =>
  listOf(parts).every((part) => ["text", "file", "data"].includes(String(at(part, "kind"))));

/** The stream of the echo-like message. */
async function echoed(probe: V0_3Probe) {
  needCapability(probe, "streaming");
  await probe.first();
  return streamed(probe, probe.wire.stream("message/stream", probe.wire.params(probe.says.echo)));
}

const statusUpdate = (event: Fields) =>
  fieldsOf(event["statusUpdate"] ?? (event["kind"] === "status-update" ? event : undefined));

export const v0_3Checks: readonly Check<V0_3Probe>[] = [
  must("v0_3.card", "5.5", "The card of 0.3 has every required field.", async ({ card }) => {
    need(card["url"] !== undefined, "the agent publishes no card in the form of 0.3");
    const missing = [
      ...required.filter((name) => card[name] === undefined),
      ...requiredLists.filter((name) => !Array.isArray(card[name])),
    ];
    ensure(
      missing.length === 0,
      `a card with ${[...required, ...requiredLists].join(", ")}`,
      undefined,
      `without ${missing.join(", ")}`,
    );
  }),
  must(
    "v0_3.card-transport",
    "5.6.2",
    "The main URL is in additionalInterfaces with its transport, if at all, and no other.",
    async ({ card }) => {
      need(card["url"] !== undefined, "the agent publishes no card in the form of 0.3");
      const here = listOf(card["additionalInterfaces"]).filter((each) => at(each, "url") === card["url"]);
      need(here.length > 0, "the card does not repeat its main URL");
      const holds = here.some((each) => at(each, "transport") === card["preferredTransport"]);
      ensure(
        holds,
        `${card["url"]} with the transport ${card["preferredTransport"]}`,
        undefined,
        JSON.stringify(here),
      );
    },
  ),
  must("v0_3.send", "7.1", "A message is answered with a task or a message.", async (probe) => {
    const { result, exchange } = await probe.first();
    const message = at(result, "message") ?? result;
    ensure(
      oldTask(result) !== undefined || at(message, "messageId") !== undefined,
      "a Task or a Message",
      exchange,
    );
  }),
  ...jsonRpcChecks("v0_3", "message/send"),
  must(
    "v0_3.kinds",
    "6",
    "Tasks, messages and parts say their kind.",
    async (probe) => {
      const { result, exchange } = await probe.first();
      const kind = at(result, "kind");
      ensure(kind === "task" || kind === "message", '"kind": "task" or "message"', exchange);
      const parts = [at(result, "parts"), at(result, "status", "message", "parts")];
      for (const artifact of listOf(at(result, "artifacts"))) parts.push(at(artifact, "parts"));
      ensure(parts.every(kindsIn), "parts with a kind", exchange);
    },
    jsonrpc,
  ),
  must(
    "v0_3.states",
    "6.3",
    "States are written in lower case.",
    async (probe) => {
      const { task, answer } = await probe.task();
      ensure(states.includes(oldState(task)), `one of ${states.join(", ")}`, answer.exchange);
    },
    jsonrpc,
  ),
  ...taskChecks("v0_3"),
  must("v0_3.history-length", "7.3.1", "There are no more messages than historyLength.", async (probe) => {
    const { id } = await probe.endedTask();
    const { result, exchange } = await probe.wire.call("tasks/get", { id, historyLength: 1 });
    ensure(listOf(oldTask(result)?.["history"]).length <= 1, "at most one message", exchange);
  }),
  must("v0_3.stream", "7.2", "A stream gives tasks, messages and updates.", async (probe) => {
    const { events, exchange } = await echoed(probe);
    const kinds = ["task", "message", "status-update", "artifact-update"];
    const members = ["task", "message", "msg", "statusUpdate", "artifactUpdate"];
    const wrapped = (event: Fields) =>
      probe.wire.binding !== "JSONRPC" && members.some((name) => name in event);
    const holds = events.seen.every((event) => kinds.includes(String(event["kind"])) || wrapped(event));
    ensure(events.seen.length > 0 && holds, `events of kind ${kinds.join(", ")}`, exchange);
  }),
  must(
    "v0_3.final",
    "7.2.2",
    "The update that ends the task is final, and the stream ends with it.",
    async (probe) => {
      const { events, exchange } = await echoed(probe);
      const end = events.seen.findIndex((event) => isOver(statusUpdate(event)));
      need(end >= 0, "no update ended the task");
      ensure(statusUpdate(events.seen[end] as Fields)["final"] === true, '"final": true', exchange);
      ensure(
        events.ended === "closed" && end === events.seen.length - 1,
        "the end of the stream after it",
        exchange,
      );
    },
  ),
  should(
    "v0_3.subscribe-ended",
    "7.9",
    "Who subscribes to a task that has ended gets the task and the end of the stream (a2a.proto).",
    async (probe) => {
      needCapability(probe, "streaming");
      const { id } = await probe.endedTask();
      const { events, exchange } = await streamed(probe, probe.wire.stream("tasks/resubscribe", { id }));
      const [only, ...others] = events.seen.map(oldTask);
      const alone = only?.["id"] === id && isOver(only ?? {}) && others.length === 0;
      ensure(
        alone && events.ended === "closed",
        `one event, the task ${id}, and the end of the stream`,
        exchange,
      );
    },
  ),
  must(
    "v0_3.push",
    "7.5",
    "A push notification configuration is set and read back.",
    async (probe) => {
      needCapability(probe, "pushNotifications");
      const { wire } = probe;
      need(wire.binding !== "HTTP+JSON", "SDKs differ in how it is written there");
      const { id: taskId } = await probe.endedTask();
      const url = "https://example.com/conformance";
      const config = { taskId, pushNotificationConfig: { id: "conformance", url } };
      const asked = { id: taskId, pushNotificationConfigId: "conformance" };
      for (const { result, exchange } of [
        await wire.call("tasks/pushNotificationConfig/set", config),
        await wire.call("tasks/pushNotificationConfig/get", asked),
      ])
        ensure(at(result, "pushNotificationConfig", "url") === url, "the configuration", exchange);
    },
    ["JSONRPC", "GRPC"],
  ),
];
