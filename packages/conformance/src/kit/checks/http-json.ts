/** What only HTTP+JSON has (spec 11). */
import { given, nobody } from "../answers.js";
import { type Check, ensure, must, should } from "../check.js";
import type { Probe } from "../probe.js";
import { mediaTypeOf } from "../wire/http.js";
import { HttpJsonWire } from "../wire/http-json.js";
import { fieldsOf, isFields, listOf, parsed } from "../wire/json.js";

const on = ["HTTP+JSON"];

function rest({ wire }: Probe): HttpJsonWire {
  if (wire instanceof HttpJsonWire) return wire;
  throw new TypeError(`${wire.binding} is not HTTP+JSON`);
}

const unknownTask = (probe: Probe) => rest(probe).send("GET", `/tasks/${nobody()}`);

export const httpJsonChecks: readonly Check<Probe>[] = [
  must(
    "http.error-body",
    "11.6",
    "An error is {error: {code, message, …}} with the HTTP status as its code.",
    async (probe) => {
      const { status, body, exchange } = await unknownTask(probe);
      const error = fieldsOf(parsed(body))["error"];
      const holds = isFields(error) && error["code"] === status && typeof error["message"] === "string";
      ensure(holds, `{"error": {"code": ${status}, "message": …}}`, exchange);
    },
    on,
  ),
  should(
    "http.error-status",
    "11.6",
    "An error names its google.rpc status.",
    async (probe) => {
      const { body, exchange } = await unknownTask(probe);
      const status = fieldsOf(fieldsOf(parsed(body))["error"])["status"];
      ensure(status === "NOT_FOUND", '"status": "NOT_FOUND"', exchange);
    },
    on,
  ),
  should(
    "http.content-type",
    "11.1",
    "Answers to those who ask for it are application/a2a+json.",
    async (probe) => {
      const headers = { accept: "application/a2a+json" };
      const answer = await rest(probe).send("GET", `/tasks/${nobody()}`, undefined, { headers });
      const type = mediaTypeOf(answer.headers);
      ensure(type === "application/a2a+json", "Content-Type: application/a2a+json", answer.exchange);
    },
    on,
  ),
  must(
    "http.malformed",
    "3.3.2",
    "A body that is no JSON is a client's error (400).",
    async (probe) => {
      const { status, exchange } = await rest(probe).send("POST", "/message:send", '{"message": ');
      ensure(status === 400, "status 400", exchange);
    },
    on,
  ),
  must(
    "http.query",
    "11.5",
    "Fields of a GET are query parameters, in camelCase.",
    async (probe) => {
      await probe.task();
      await probe.otherTask();
      const { body, exchange } = await rest(probe).send("GET", "/tasks?pageSize=1");
      ensure(listOf(fieldsOf(parsed(body))["tasks"]).length === 1, "one task, for pageSize=1", exchange);
    },
    on,
  ),
  should(
    "http.version-parameter",
    "3.6.1",
    "The version may come as a request parameter.",
    async (probe) => {
      const { id } = await probe.task();
      const path = `/tasks/${encodeURIComponent(id)}?A2A-Version=1.0`;
      const { status, exchange } = await rest(probe).send("GET", path, undefined, { version: null });
      ensure(status === 200, "the task", exchange);
    },
    on,
  ),
  must(
    "http.streams",
    "11.7",
    "A stream is text/event-stream.",
    async (probe) => {
      const stream = await probe.streamed();
      given(stream);
      const type = stream.headers === undefined ? "" : mediaTypeOf(stream.headers);
      ensure(type === "text/event-stream", "Content-Type: text/event-stream", stream.exchange);
    },
    on,
  ),
];
