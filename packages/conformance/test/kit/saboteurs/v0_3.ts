import {
  another,
  as,
  body,
  card,
  header,
  type Json,
  otherRpcCode,
  request,
  result,
  type Saboteur,
  type Saboteurs,
  task,
  without,
} from "./tools.js";

const rpc = (saboteur: Saboteur) => as(["JSONRPC"], saboteur);
const rest = (saboteur: Saboteur) => as(["HTTP+JSON"], saboteur);
const both = (saboteur: Saboteur) => as(["JSONRPC", "HTTP+JSON"], saboteur);
const rpcText = (edit: (text: string) => string) => rpc(body(edit));

export const oldSaboteurs: Saboteurs = {
  "v0_3.card": both(card(without("preferredTransport"))),
  "v0_3.card-transport": both(
    card((json) => ({
      ...json,
      additionalInterfaces: ((json.additionalInterfaces ?? []) as Json[]).map((each) => ({
        ...each,
        transport: "GRPC",
      })),
    })),
  ),
  "v0_3.send": [
    rpcText(() => '{"jsonrpc":"2.0","id":1,"result":{}}'),
    rest(body((text, { path }) => (path.endsWith("message:send") ? "{}" : text))),
  ],
  "v0_3.envelope": rpcText((text) => text.replace('"jsonrpc":"2.0"', '"jsonrpc":"1.0"')),
  "v0_3.content-type": rpc(header("content-type", "text/plain")),
  "v0_3.kinds": rpcText((text) => text.replaceAll('"kind":"task"', '"sort":"task"')),
  "v0_3.states": rpcText((text) => text.replaceAll('"completed"', '"COMPLETED"')),
  "v0_3.get": both(task((json) => ({ ...json, id: "another" }), ["GetTask"])),
  "v0_3.history-length": both(request(without("historyLength"), "GetTask")),
  "v0_3.get-unknown": both(another("TASK_NOT_FOUND", ["GetTask"])),
  "v0_3.cancel-unknown": both(another("TASK_NOT_FOUND", ["CancelTask"])),
  "v0_3.cancel-ended": both(another("TASK_NOT_CANCELABLE")),
  "v0_3.parse-error": otherRpcCode(-32700),
  "v0_3.invalid-request": otherRpcCode(-32600),
  "v0_3.unknown-method": otherRpcCode(-32601),
  "v0_3.invalid-params": otherRpcCode(-32602),
  "v0_3.stream": both(
    body((text) => text.replaceAll(/"kind":"status-update"|"statusUpdate"/g, '"strange":"update"')),
  ),
  "v0_3.final": both(body((text) => text.replaceAll('"final":true', '"final":false'))),
  "v0_3.push": rpc(
    result("CreateTaskPushNotificationConfig", (json) => ({ ...json, url: "https://example.com/another" })),
  ),
};
