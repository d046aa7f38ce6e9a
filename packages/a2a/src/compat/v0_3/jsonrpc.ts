/** JSON-RPC in 0.3: methods with names of their own at the URL that 1.0 has as well (0.3 spec 7). */
import type { HttpRequest, HttpResponse } from "../../bindings/http.js";
import type { JsonrpcMethod, JsonrpcMethods } from "../../bindings/jsonrpc/server.js";
import { sseHeaders } from "../../bindings/sse.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import {
  A2AError,
  type ListTaskPushNotificationConfigsResponse,
  type OperationName,
  operations,
} from "../../protocol/index.js";
import { type Translation, translating, translation } from "./dispatcher.js";
import { withExtensionsHeader } from "./extensions.js";
import { byMethod } from "./operations.js";
import { writeTaskConfig } from "./push-configs.js";

export function jsonrpcMethods(dispatcher: Dispatcher): JsonrpcMethods {
  const methodOf = (name: OperationName, { request, answer }: Translation): JsonrpcMethod => ({
    operation: operations[name],
    dispatcher: translating(dispatcher, { request, answer }),
  });
  const methods = new Map(
    [...byMethod].map(([method, name]) => [method, methodOf(name, translation(name, "kind"))]),
  );
  const theConfig = methodOf("ListTaskPushNotificationConfigs", {
    ...translation("ListTaskPushNotificationConfigs", "kind"),
    answer: theOne,
  });
  return (name, { pushNotificationConfigId }) => {
    if (Object.hasOwn(operations, name)) {
      throw new A2AError("METHOD_NOT_FOUND", `${name} is a method of A2A 1.0: send A2A-Version: 1.0 with it`);
    }
    const unnamed = name === "tasks/pushNotificationConfig/get" && !pushNotificationConfigId;
    return unnamed ? theConfig : methods.get(name);
  };
}

/** Its clients read nothing but events where they asked for a stream: an error is one, too. */
export function finish(request: HttpRequest, response: HttpResponse): HttpResponse {
  const { status, body } = response;
  if (request.header("accept") !== "text/event-stream" || status !== 200 || typeof body !== "string")
    return withExtensionsHeader(response);
  return { status, headers: sseHeaders, body: `data: ${body}\n\n` };
}

/** Who asks for no configuration in particular means the one named after the task, or the only one. */
function theOne({ configs = [] }: ListTaskPushNotificationConfigsResponse): object {
  const config = configs.find(({ id, taskId }) => id === taskId) ?? configs[0];
  if (config === undefined)
    throw new A2AError("TASK_NOT_FOUND", "The task has no push notification configuration");
  return writeTaskConfig(config, "kind");
}
