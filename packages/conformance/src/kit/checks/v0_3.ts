/** A2A 0.3; sections are those of its specification. */
import { grpcCodes } from "@parley/a2a/protocol";
import { nobody } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import { isOver, type OldProbe, oldState, plainState } from "../probe-v0_3.js";
import { type HttpAnswer, mediaTypeOf } from "../wire/http.js";
import { at, type Fields, fieldsOf, listOf, parsed } from "../wire/json.js";
import { envelope, type OldAnswer, oldTask } from "../wire/old.js";
import { OldHttpWire } from "../wire/v0_3.js";
import { OldGrpcWire } from "../wire/v0_3-grpc.js";

export type V0_3Probe = OldProbe<OldHttpWire | OldGrpcWire>;

const jsonrpc = ["JSONRPC"];

function rpc({ wire }: V0_3Probe): OldHttpWire {
  if (wire instanceof OldHttpWire) return wire;
  throw new TypeError(`${wire.binding} is not JSON-RPC`);
}

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

function expectCode({ body, exchange }: HttpAnswer, code: number): void {
  ensure(at(parsed(body), "error", "code") === code, `error.code ${code}`, exchange);
}

const unknownTask = ({ wire }: V0_3Probe, method: "tasks/get" | "tasks/cancel") =>
  wire.call(method, { id: nobody() });

/** What an error may be on each binding: 0.3 has codes for JSON-RPC alone, so these are what its SDKs answer. */
type Codes = Readonly<Record<"JSONRPC" | "HTTP+JSON" | "GRPC", readonly number[]>>;

const notFound: Codes = { JSONRPC: [-32001], "HTTP+JSON": [404], GRPC: [grpcCodes.NOT_FOUND] };
const notCancelable: Codes = {
  JSONRPC: [-32002],
  "HTTP+JSON": [400, 409],
  GRPC: [grpcCodes.FAILED_PRECONDITION, grpcCodes.UNIMPLEMENTED],
};

function ensureError({ wire }: V0_3Probe, { error, exchange }: OldAnswer, codes: Codes): void {
  const wanted = codes[wire.binding];
  const holds = error !== undefined && wanted.includes(Number(error.code));
  ensure(holds, `the error ${wanted.join(" or ")}`, exchange);
}

const pushMethods = ["tasks/pushNotificationConfig/set", "tasks/pushNotificationConfig/get"] as const;

/** Every part of a message or artifact says its kind. */
const kindsIn = (parts: unknown) =>
  listOf(parts).every((part) => ["text", "file", "data"].includes(String(at(part, "kind"))));

async function streamed(
  { card, wire }: V0_3Probe,
  method: "message/stream" | "tasks/resubscribe",
  params: object,
) {
  need(at(card, "capabilities", "streaming") === true, "the card declares no streaming");
  const { exchange, events, error } = await wire.stream(method, params);
  const stream = wire.binding === "GRPC" ? "a stream" : "status 200 and Content-Type: text/event-stream";
  ensure(!error, stream, exchange);
  return { exchange, events };
}

/** The stream of the echo-like message. */
async function echoed(probe: V0_3Probe) {
  need(at(probe.card, "capabilities", "streaming") === true, "the card declares no streaming");
  await probe.first();
  return streamed(probe, "message/stream", probe.wire.params(probe.says.echo));
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
  must(
    "v0_3.envelope",
    "6.11.2",
    "Answers are JSON-RPC 2.0: the version, the id of the request, and either a result or an error.",
    async (probe) => {
      const text = envelope("message/send", probe.wire.params(probe.says.echo), 7);
      for (const answer of [
        await rpc(probe).post(text),
        await rpc(probe).post(envelope("tasks/get", { id: nobody() }, 7)),
      ]) {
        const { jsonrpc, id, result, error } = fieldsOf(parsed(answer.body));
        const holds = jsonrpc === "2.0" && id === 7 && (result === undefined) !== (error === undefined);
        ensure(holds, '"jsonrpc": "2.0", "id": 7 and either result or error', answer.exchange);
      }
    },
    jsonrpc,
  ),
  must(
    "v0_3.content-type",
    "3.2.1",
    "Answers are application/json.",
    async (probe) => {
      const { headers, exchange } = await rpc(probe).post(envelope("tasks/get", { id: nobody() }));
      ensure(mediaTypeOf(headers) === "application/json", "Content-Type: application/json", exchange);
    },
    jsonrpc,
  ),
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
  must("v0_3.get", "7.3", "tasks/get gives the task.", async (probe) => {
    const task = await probe.endedTask();
    const answer = await probe.wire.call("tasks/get", { id: task["id"] });
    const got = oldTask(answer.result);
    const holds = got !== undefined && got["id"] === task["id"] && plainState(got) === plainState(task);
    ensure(holds, `the task ${task["id"]}, ${oldState(task)}`, answer.exchange);
  }),
  must("v0_3.history-length", "7.3.1", "There are no more messages than historyLength.", async (probe) => {
    const { id } = await probe.endedTask();
    const { result, exchange } = await probe.wire.call("tasks/get", { id, historyLength: 1 });
    ensure(listOf(oldTask(result)?.["history"]).length <= 1, "at most one message", exchange);
  }),
  must("v0_3.get-unknown", "8.2", "A task that does not exist is TaskNotFoundError.", async (probe) => {
    ensureError(probe, await unknownTask(probe, "tasks/get"), notFound);
  }),
  must(
    "v0_3.cancel-unknown",
    "8.2",
    "Canceling a task that does not exist is TaskNotFoundError.",
    async (probe) => {
      ensureError(probe, await unknownTask(probe, "tasks/cancel"), notFound);
    },
  ),
  must(
    "v0_3.cancel-ended",
    "8.2",
    "Canceling a task that has ended is TaskNotCancelableError.",
    async (probe) => {
      const { id } = await probe.endedTask();
      ensureError(probe, await probe.wire.call("tasks/cancel", { id }), notCancelable);
    },
  ),
  must(
    "v0_3.parse-error",
    "8.1",
    "What is no JSON is -32700.",
    async (probe) => {
      expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "method": "tasks/get"'), -32700);
    },
    jsonrpc,
  ),
  must(
    "v0_3.invalid-request",
    "8.1",
    "JSON that is no request is -32600.",
    async (probe) => {
      expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "params": {}}'), -32600);
    },
    jsonrpc,
  ),
  must(
    "v0_3.unknown-method",
    "8.1",
    "A method that there is not is -32601.",
    async (probe) => {
      expectCode(await rpc(probe).post(envelope("coffee/make", {})), -32601);
    },
    jsonrpc,
  ),
  must(
    "v0_3.invalid-params",
    "8.1",
    "Parameters of another type are -32602.",
    async (probe) => {
      expectCode(await rpc(probe).post(envelope("message/send", { message: "Hello" })), -32602);
    },
    jsonrpc,
  ),
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
      const { id } = await probe.endedTask();
      const { events, exchange } = await streamed(probe, "tasks/resubscribe", { id });
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
      need(
        at(probe.card, "capabilities", "pushNotifications") === true,
        "the card declares no push notifications",
      );
      const { id: taskId } = await probe.endedTask();
      const pushNotificationConfig = { id: "conformance", url: "https://example.com/conformance" };
      const call = (method: (typeof pushMethods)[number], params: object) =>
        probe.wire instanceof OldGrpcWire ? probe.wire.call(method, params) : rpc(probe).rpc(method, params);
      const set = await call("tasks/pushNotificationConfig/set", { taskId, pushNotificationConfig });
      ensure(
        at(set.result, "pushNotificationConfig", "url") === pushNotificationConfig.url,
        "the configuration",
        set.exchange,
      );
      const get = { id: taskId, pushNotificationConfigId: "conformance" };
      const { result, exchange } = await call("tasks/pushNotificationConfig/get", get);
      ensure(
        at(result, "pushNotificationConfig", "url") === pushNotificationConfig.url,
        "the configuration",
        exchange,
      );
    },
    ["JSONRPC", "GRPC"],
  ),
];
