import {
  another,
  as,
  body,
  card,
  events,
  GRPC,
  HTTP,
  header,
  type Json,
  otherRpcCode,
  request,
  rest,
  result,
  rpc,
  rpcText,
  type Saboteur,
  type Saboteurs,
  task,
  without,
} from "./tools.js";

const both = (saboteur: Saboteur) => as(HTTP, saboteur);
const grpc = (saboteur: Saboteur) => as(GRPC, saboteur);
const all = (saboteur: Saboteur) => as([...HTTP, ...GRPC], saboteur);

/** The field `final` in bytes: its number and type, and true or false. */
const [final, unfinal] = ["\x20\x01", "\x20\x00"] as const;

export const oldSaboteurs: Saboteurs = {
  "v0_3.card": all(card(without("preferredTransport"))),
  "v0_3.card-transport": all(
    card((json) => ({
      ...json,
      additionalInterfaces: ((json.additionalInterfaces ?? []) as Json[]).map((each) => ({
        ...each,
        transport: "CARRIER-PIGEON",
      })),
    })),
  ),
  "v0_3.send": [
    rpcText(() => '{"jsonrpc":"2.0","id":1,"result":{}}'),
    rest(body((text, { path }) => (path.endsWith("message:send") ? "{}" : text))),
    grpc(result("SendMessage", () => ({ message: { parts: [] } }))),
  ],
  "v0_3.envelope": rpcText((text) => text.replace('"jsonrpc":"2.0"', '"jsonrpc":"1.0"')),
  "v0_3.content-type": rpc(header("content-type", "text/plain")),
  "v0_3.kinds": rpcText((text) => text.replaceAll('"kind":"task"', '"sort":"task"')),
  "v0_3.states": rpcText((text) => text.replaceAll('"completed"', '"COMPLETED"')),
  "v0_3.get": all(task((json) => ({ ...json, id: "another" }), ["GetTask"])),
  "v0_3.history-length": all(request(without("historyLength"), "GetTask")),
  "v0_3.get-unknown": all(another("TASK_NOT_FOUND", ["GetTask"])),
  "v0_3.cancel-unknown": all(another("TASK_NOT_FOUND", ["CancelTask"])),
  "v0_3.cancel-ended": all(another("TASK_NOT_CANCELABLE")),
  "v0_3.parse-error": otherRpcCode(-32700),
  "v0_3.invalid-request": otherRpcCode(-32600),
  "v0_3.unknown-method": otherRpcCode(-32601),
  "v0_3.invalid-params": otherRpcCode(-32602),
  "v0_3.stream": [
    both(body((text) => text.replaceAll(/"kind":"status-update"|"statusUpdate"/g, '"strange":"update"'))),
    grpc(events(() => [])),
  ],
  "v0_3.final": [
    both(body((text) => text.replaceAll('"final":true', '"final":false'))),
    grpc({ bytes: (bytes) => Buffer.from(bytes.toString("latin1").replaceAll(final, unfinal), "latin1") }),
  ],
  "v0_3.subscribe-ended": all(another("UNSUPPORTED_OPERATION", ["SubscribeToTask"])),
  "v0_3.push": all(
    result("CreateTaskPushNotificationConfig", (json) => ({ ...json, url: "https://example.com/another" })),
  ),
};
