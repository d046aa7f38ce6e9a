/** Push notification configurations, which 0.3 wraps, and names by a path in `proto` form. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import type { TaskPushNotificationConfig } from "../../protocol/index.js";
import type { Form } from "./forms.js";

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
    : { name: nameOf(taskId ?? "", id ?? ""), pushNotificationConfig };
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
  const [pathTask, pathId] = idsIn(wrapped.name);
  const taskId = request.taskId ?? request.task_id ?? pathTask;
  const id = config.id || request.configId || request.config_id || pathId;
  return { ...(readConfig(config) as object), taskId, id };
}

/** The path that is a configuration's name in the proto. */
const nameOf = (taskId: string, id: string): string =>
  `tasks/${encodeURIComponent(taskId)}/pushNotificationConfigs/${encodeURIComponent(id)}`;

function idsIn(name: unknown): (string | undefined)[] {
  const [, ...ids] = /^tasks\/([^/]+)\/pushNotificationConfigs\/([^/]*)$/.exec(String(name)) ?? [];
  return ids.map((id) => tryDecode(id));
}

function tryDecode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
