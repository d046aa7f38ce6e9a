/** What versions before 1.0 want alike: their specifications say it in the same sections. */
import { grpcCodes } from "@parley/a2a/protocol";
import { nobody } from "../answers.js";
import { type Check, ensure, must, need } from "../check.js";
import { type OldProbe, oldState, plainState } from "../probe-old.js";
import { type HttpAnswer, mediaTypeOf } from "../wire/http.js";
import { at, fieldsOf, parsed } from "../wire/json.js";
import { type OldAnswer, type OldStream, oldTask } from "../wire/old.js";
import { envelope, OldJsonRpc } from "../wire/old-jsonrpc.js";
import type { Binding } from "../wire/wire.js";

const jsonrpc = ["JSONRPC"];

function rpc({ wire }: OldProbe): OldJsonRpc {
  if (wire instanceof OldJsonRpc) return wire;
  throw new TypeError(`${wire.binding} is not JSON-RPC`);
}

function expectCode({ body, exchange }: HttpAnswer, code: number): void {
  ensure(at(parsed(body), "error", "code") === code, `error.code ${code}`, exchange);
}

/** What an error may be on each binding: there are codes for JSON-RPC alone, so these are what SDKs answer. */
type Codes = Readonly<Record<Binding, readonly number[]>>;

const notFound: Codes = { JSONRPC: [-32001], "HTTP+JSON": [404], GRPC: [grpcCodes.NOT_FOUND] };
const notCancelable: Codes = {
  JSONRPC: [-32002],
  "HTTP+JSON": [400, 409],
  GRPC: [grpcCodes.FAILED_PRECONDITION, grpcCodes.UNIMPLEMENTED],
};

function ensureError({ wire }: OldProbe, { error, exchange }: OldAnswer, codes: Codes): void {
  const wanted = codes[wire.binding];
  const holds = error !== undefined && wanted.includes(Number(error.code));
  ensure(holds, `the error ${wanted.join(" or ")}`, exchange);
}

/** Looking at tasks and canceling them. */
export const taskChecks = (version: string): readonly Check<OldProbe>[] => [
  must(`${version}.get`, "7.3", "tasks/get gives the task.", async (probe) => {
    const task = await probe.endedTask();
    const answer = await probe.wire.call("tasks/get", { id: task["id"] });
    const got = oldTask(answer.result);
    const holds = got !== undefined && got["id"] === task["id"] && plainState(got) === plainState(task);
    ensure(holds, `the task ${task["id"]}, ${oldState(task)}`, answer.exchange);
  }),
  must(`${version}.get-unknown`, "8.2", "A task that does not exist is TaskNotFoundError.", async (probe) => {
    ensureError(probe, await probe.wire.call("tasks/get", { id: nobody() }), notFound);
  }),
  must(
    `${version}.cancel-unknown`,
    "8.2",
    "Canceling a task that does not exist is TaskNotFoundError.",
    async (probe) => {
      ensureError(probe, await probe.wire.call("tasks/cancel", { id: nobody() }), notFound);
    },
  ),
  must(
    `${version}.cancel-ended`,
    "8.2",
    "Canceling a task that has ended is TaskNotCancelableError.",
    async (probe) => {
      const { id } = await probe.endedTask();
      ensureError(probe, await probe.wire.call("tasks/cancel", { id }), notCancelable);
    },
  ),
];

/** Requests and answers of JSON-RPC. @param send The method that sends a message. */
export const jsonRpcChecks = (version: string, send: string): readonly Check<OldProbe>[] => [
  must(
    `${version}.envelope`,
    "6.11.2",
    "Answers are JSON-RPC 2.0: the version, the id of the request, and either a result or an error.",
    async (probe) => {
      for (const answer of [
        await rpc(probe).post(envelope(send, probe.wire.params(probe.says.echo), 7)),
        await rpc(probe).post(envelope("tasks/get", { id: nobody() }, 7)),
      ]) {
        const { jsonrpc, id, result, error } = fieldsOf(parsed(answer.body));
        probe.notice(result);
        const holds = jsonrpc === "2.0" && id === 7 && (result === undefined) !== (error === undefined);
        ensure(holds, '"jsonrpc": "2.0", "id": 7 and either result or error', answer.exchange);
      }
    },
    jsonrpc,
  ),
  must(
    `${version}.content-type`,
    "3.2",
    "Answers are application/json.",
    async (probe) => {
      const { headers, exchange } = await rpc(probe).post(envelope("tasks/get", { id: nobody() }));
      ensure(mediaTypeOf(headers) === "application/json", "Content-Type: application/json", exchange);
    },
    jsonrpc,
  ),
  must(
    `${version}.parse-error`,
    "8.1",
    "What is no JSON is -32700.",
    async (probe) => {
      expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "method": "tasks/get"'), -32700);
    },
    jsonrpc,
  ),
  must(
    `${version}.invalid-request`,
    "8.1",
    "JSON that is no request is -32600.",
    async (probe) => {
      expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "params": {}}'), -32600);
    },
    jsonrpc,
  ),
  must(
    `${version}.unknown-method`,
    "8.1",
    "A method that there is not is -32601.",
    async (probe) => {
      expectCode(await rpc(probe).post(envelope("coffee/make", {})), -32601);
    },
    jsonrpc,
  ),
  must(
    `${version}.invalid-params`,
    "8.1",
    "Parameters of another type are -32602.",
    async (probe) => {
      expectCode(await rpc(probe).post(envelope(send, { id: nobody(), message: "Hello" })), -32602);
    },
    jsonrpc,
  ),
];

/** @throws Untested where the card declares it not */
export function needCapability({ card }: OldProbe, name: "streaming" | "pushNotifications"): void {
  const named = name === "streaming" ? name : "push notifications";
  need(at(card, "capabilities", name) === true, `the card declares no ${named}`);
}

/** @throws Failed when it is no stream */
export async function streamed(probe: OldProbe, stream: Promise<OldStream>): Promise<OldStream> {
  const answer = await stream;
  for (const event of answer.events.seen) probe.notice(event);
  const wanted =
    probe.wire.binding === "GRPC" ? "a stream" : "status 200 and Content-Type: text/event-stream";
  ensure(!answer.error, wanted, answer.exchange);
  return answer;
}
