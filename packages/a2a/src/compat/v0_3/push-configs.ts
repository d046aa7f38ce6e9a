/** Push notification configurations, which 0.3 wraps, and names by a path in `proto` form. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import type { TaskPushNotificationConfig } from "../../protocol/index.js";
import type { Form } from "./forms.js";
import { configName, idsIn } from "./names.js";

/** The configuration inside a send, and inside its wrapping. */
export function writeConfig({ id, url, token, authentication }: TaskPushNotificationConfig): object {
  return {
    id,
    url,
    token,
    authentication: authentication && {
      schemes: [authentication.scheme],
      credentials: authentication.credentials,
    },
  };
}

export function writeTaskConfig(config: TaskPushNotificationConfig, form: Form): object {
  const pushNotificationConfig = writeConfig(config);
  const { taskId, id } = config;
  return form === "kind"
    ? { taskId, pushNotificationConfig }
    : { name: configName(taskId ?? "", id ?? ""), pushNotificationConfig };
}

/** 1.0 has one scheme: the first that was named. */
export function readConfig(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { authentication, ...same } = value;
  if (!isObject(authentication)) return { ...same, authentication };
  const { schemes, credentials } = authentication;
  const [scheme] = Array.isArray(schemes) ? schemes : [undefined];
  const unused = scheme === undefined && !credentials;
  return { ...same, authentication: unused ? undefined : { scheme, credentials } };
}

/** Any of the wrappings that clients send and servers answer: bare, named by a path, or the proto's create request. */
export function readTaskConfig(value: unknown): unknown {
  const request = asObject(value);
  const wrapped = isObject(request.config) ? request.config : request;
  const config = wrapped.pushNotificationConfig ?? wrapped.push_notification_config;
  if (!isObject(config)) return { taskId: request.taskId };
  const named = idsIn(wrapped.name);
  const taskId = request.taskId ?? request.task_id ?? named?.taskId;
  const id = config.id || request.configId || request.config_id || named?.id;
  return { ...(readConfig(config) as object), taskId, id };
}
