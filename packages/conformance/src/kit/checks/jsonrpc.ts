/** The envelope of JSON-RPC (spec 9). */
import { given, nobody } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import type { Probe } from "../probe.js";
import { type HttpAnswer, httpStream, mediaTypeOf } from "../wire/http.js";
import { at, fieldsOf, isFields, parsed } from "../wire/json.js";
import { JsonRpcWire } from "../wire/jsonrpc.js";

const on = ["JSONRPC"];

function rpc({ wire }: Probe): JsonRpcWire {
  if (wire instanceof JsonRpcWire) return wire;
  throw new TypeError(`${wire.binding} is not JSON-RPC`);
}

function expectCode(answer: HttpAnswer, ...codes: number[]): void {
  const code = at(parsed(answer.body), "error", "code");
  ensure(codes.includes(Number(code)), `error.code ${codes.join(" or ")}`, answer.exchange);
}

const getTask = (probe: Probe, id: unknown) =>
  rpc(probe).post(rpc(probe).envelope("GetTask", { id: nobody() }, id));

export const jsonrpcChecks: readonly Check<Probe>[] = [
  must(
    "jsonrpc.envelope",
    "9.3",
    "Answers are JSON-RPC 2.0: the version, the id of the request, and either a result or an error.",
    async (probe) => {
      const text = rpc(probe).envelope("SendMessage", { message: probe.message(probe.says.echo) }, 7);
      for (const answer of [await rpc(probe).post(text), await getTask(probe, 7)]) {
        const envelope = parsed(answer.body);
        ensure(isFields(envelope), "a JSON object", answer.exchange);
        const { jsonrpc, id, result, error } = envelope;
        probe.notice(result);
        ensure(jsonrpc === "2.0", '"jsonrpc": "2.0"', answer.exchange);
        ensure(id === 7, '"id": 7', answer.exchange);
        ensure((result === undefined) !== (error === undefined), "either result or error", answer.exchange);
      }
    },
    on,
  ),
  must(
    "jsonrpc.empty-result",
    "9.3",
    "An answer that has nothing to say has a result all the same.",
    async (probe) => {
      const sent = await probe.newPushConfig();
      const made = fieldsOf(given(await probe.wire.call("CreateTaskPushNotificationConfig", sent)));
      const one = { taskId: sent["taskId"], id: made["id"] };
      const { body, exchange } = await rpc(probe).post(
        rpc(probe).envelope("DeleteTaskPushNotificationConfig", one),
      );
      const envelope = fieldsOf(parsed(body));
      ensure("result" in envelope || "error" in envelope, "a result", exchange);
    },
    on,
  ),
  must(
    "jsonrpc.string-id",
    "9.3",
    "An id that is a text comes back as that text.",
    async (probe) => {
      const answer = await getTask(probe, "request-7");
      ensure(at(parsed(answer.body), "id") === "request-7", '"id": "request-7"', answer.exchange);
    },
    on,
  ),
  should(
    "jsonrpc.content-type",
    "9.1",
    "Answers are application/json.",
    async (probe) => {
      const { headers, exchange } = await getTask(probe, 1);
      ensure(mediaTypeOf(headers) === "application/json", "Content-Type: application/json", exchange);
    },
    on,
  ),
  must(
    "jsonrpc.parse-error",
    "9.5",
    "What is no JSON is -32700.",
    async (probe) =>
      expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "method": "GetTask"'), -32700),
    on,
  ),
  must(
    "jsonrpc.invalid-request",
    "9.5",
    "JSON that is no request is -32600.",
    async (probe) => expectCode(await rpc(probe).post('{"jsonrpc": "2.0", "id": 1, "params": {}}'), -32600),
    on,
  ),
  must(
    "jsonrpc.unknown-method",
    "9.5",
    "A method that there is not is -32601.",
    async (probe) => expectCode(await rpc(probe).post(rpc(probe).envelope("MakeCoffee", {})), -32601),
    on,
  ),
  must(
    "jsonrpc.invalid-params",
    "9.5",
    "Parameters of another type are -32602.",
    async (probe) => {
      const params = { message: "Hello" };
      expectCode(await rpc(probe).post(rpc(probe).envelope("SendMessage", params)), -32602);
    },
    on,
  ),
  must(
    "jsonrpc.streams",
    "9.4.2",
    "A stream is text/event-stream, and each event a whole answer with the id of the request.",
    async (probe) => {
      need(probe.can("streaming"), "the card declares no streaming");
      const message = probe.message(probe.says.echo);
      const ask = rpc(probe).streamAsk(rpc(probe).envelope("SendStreamingMessage", { message }, 9));
      const { answer, events } = await httpStream(probe.line, ask, parsed);
      ensure(events !== undefined, "status 200 and Content-Type: text/event-stream", answer.exchange);
      await events.until(() => events.ended !== undefined, probe.line.patience);
      events.close();
      ensure(answer.status === 200 && events.seen.length > 0, "status 200 and events", answer.exchange);
      for (const event of events.seen) {
        const { jsonrpc, id, result } = fieldsOf(event);
        probe.notice(result);
        const holds = jsonrpc === "2.0" && id === 9 && isFields(result);
        ensure(holds, 'events with "jsonrpc": "2.0", "id": 9 and a result', answer.exchange);
      }
    },
    on,
  ),
];
