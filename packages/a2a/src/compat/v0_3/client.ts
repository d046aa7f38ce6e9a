/** Calls to agents that speak 0.3, as the client makes them: requests of 1.0 in, answers of 1.0 out. */
import type { ClientBinding, WireAnswer, WireCall } from "../../bindings/client.js";
import { httpJsonClient } from "../../bindings/http-json/client.js";
import { jsonrpcCalls } from "../../bindings/jsonrpc/client.js";
import { asObject, tryParseJson } from "../../bindings/read-error.js";
import type { OutgoingCall } from "../../client/transport.js";
import type { HttpClients } from "../../client/version.js";
import { A2AError, type ErrorReason, type Operation } from "../../protocol/index.js";
import { type InJsonrpc, reading } from "../older-call.js";
import { extensionsHeader } from "./dispatcher.js";
import type { Form } from "./forms.js";
import { type Row, rows } from "./operations.js";

type Binding = (url: string) => ClientBinding;

const jsonrpc: Binding = (url) => {
  const call = jsonrpcCalls(url);
  return {
    calls(operation, request) {
      const { method, params, read } = inJsonrpc(operation, request);
      return [reading(read, call(method, params, operation))];
    },
  };
};

/** @throws A2AError UNSUPPORTED_OPERATION for what 0.3 cannot say */
export const inJsonrpc: InJsonrpc = (operation, request) => {
  const { method, writeRequest, readAnswer } = rowOf(operation);
  if (method === undefined) throw absent(operation);
  return { method, params: writeRequest(request as never, "kind"), read: readAnswer };
};

const httpJson: Binding = (url) => {
  const { calls } = httpJsonClient(`${url.replace(/\/+$/, "")}/v1`);
  return {
    calls(operation, request) {
      const row = rowOf(operation);
      if (row.method === undefined) throw absent(operation);
      return calls(routed(operation), inRoute(operation, request, "proto")).map((call) => {
        const { headers } = call.request;
        const plain = headers["content-type"] && { "content-type": "application/json" };
        const request = { ...call.request, headers: { ...headers, ...plain } };
        const answer: WireCall["answer"] = (answer) => call.answer(withoutPlainError(answer));
        return reading(row.readAnswer, { ...call, request, answer });
      });
    },
  };
};

const rowOf = ({ name }: Operation): Row<never> => rows[name];

export const absent = ({ name }: Operation) =>
  new A2AError("UNSUPPORTED_OPERATION", `${name} is not in A2A 0.3, which is what this agent speaks`);

/** How Python's SDK tells errors over HTTP+JSON: by a status, beside a message and nothing else. */
const plainErrors: Readonly<Record<number, ErrorReason>> = {
  404: "TASK_NOT_FOUND",
  409: "TASK_NOT_CANCELABLE",
  415: "CONTENT_TYPE_NOT_SUPPORTED",
  422: "INVALID_PARAMS",
  501: "UNSUPPORTED_OPERATION",
};

/** @throws A2AError */
function withoutPlainError(answer: WireAnswer): WireAnswer {
  const reason = plainErrors[answer.status];
  if (reason === undefined) return answer;
  const { message, ...others } = asObject(tryParseJson(answer.body));
  if (typeof message !== "string" || Object.keys(others).length > 0) return answer;
  throw new A2AError(reason, message);
}

/** The card is the one thing with another path. */
function routed(operation: Operation): Operation {
  return operation.name === "GetExtendedAgentCard"
    ? { ...operation, routes: [{ verb: "GET", path: "/card" }] }
    : operation;
}

/** The fields of the path as 1.0 names them, and a body as 0.3 has it. */
function inRoute({ name }: Operation, request: object, form: Form): object {
  const { tenant: _, ...fields }: Record<string, unknown> = { ...request };
  const row: Row<never> = rows[name];
  const written = () => row.writeRequest(request as never, form) ?? {};
  if ("message" in fields) return written();
  return name === "CreateTaskPushNotificationConfig" ? { ...written(), taskId: fields.taskId } : fields;
}

/** The header fields of 0.3. */
export function serviceHeaders(headers: OutgoingCall["headers"]): OutgoingCall["headers"] {
  const { "a2a-extensions": extensions, ...same } = headers;
  const older = { ...same, "a2a-version": "0.3" };
  return extensions === undefined ? older : { ...older, [extensionsHeader]: extensions };
}

export const clients: HttpClients = { JSONRPC: jsonrpc, "HTTP+JSON": httpJson };
