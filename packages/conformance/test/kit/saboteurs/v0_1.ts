import {
  another,
  card,
  header,
  otherRpcCode,
  result,
  rpc,
  rpcText,
  type Saboteurs,
  task,
  without,
} from "./tools.js";

export const firstSaboteurs: Saboteurs = {
  "v0_1.card": rpc(card(without("skills"))),
  "v0_1.send": rpcText((json) => json.replace(/"id":"[^"]+","sessionId"/, '"id":"another","sessionId"')),
  "v0_1.types": rpcText((json) => json.replaceAll('"type":"text"', '"kind":"text"')),
  "v0_1.states": rpcText((json) => json.replaceAll('"completed"', '"COMPLETED"')),
  "v0_1.get": rpc(task((json) => ({ ...json, status: { state: "TASK_STATE_WORKING" } }), ["GetTask"])),
  "v0_1.get-unknown": rpc(another("TASK_NOT_FOUND", ["GetTask"])),
  "v0_1.cancel-unknown": rpc(another("TASK_NOT_FOUND", ["CancelTask"])),
  "v0_1.cancel-ended": rpc(another("TASK_NOT_CANCELABLE")),
  "v0_1.envelope": rpcText((json) => json.replace('"jsonrpc":"2.0"', '"jsonrpc":"1.0"')),
  "v0_1.content-type": rpc(header("content-type", "text/plain")),
  "v0_1.parse-error": otherRpcCode(-32700),
  "v0_1.invalid-request": otherRpcCode(-32600),
  "v0_1.unknown-method": otherRpcCode(-32601),
  "v0_1.invalid-params": otherRpcCode(-32602),
  "v0_1.stream": rpcText((json) => json.replaceAll('"artifact":', '"strange":')),
  "v0_1.final": rpcText((json) => json.replaceAll('"final":true', '"final":false')),
  "v0_1.push": rpc(
    result("CreateTaskPushNotificationConfig", (json) => ({ ...json, url: "https://example.com/another" })),
  ),
};
