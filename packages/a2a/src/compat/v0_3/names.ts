/** The paths by which the proto of 0.3 names tasks and their push notification configurations. */
import { invalidField } from "../../protocol/index.js";

export const taskName = (id: string): string => `tasks/${id}`;

export const configName = (taskId: string, id: string): string =>
  `${taskName(taskId)}/pushNotificationConfigs/${id}`;

/** @throws A2AError INVALID_PARAMS naming the field that it came in */
export function taskIn(name: unknown, field = "name"): string {
  const [, id] = /^tasks\/(.+)$/s.exec(String(name)) ?? [];
  if (id === undefined) throw invalidField(field, 'expected "tasks/{id}"');
  return id;
}

/** Of a configuration's name; undefined for what is none. */
export function idsIn(name: unknown): { readonly taskId: string; readonly id: string } | undefined {
  const [, taskId = "", id = ""] = /^tasks\/(.+?)\/pushNotificationConfigs\/(.*)$/s.exec(String(name)) ?? [];
  return taskId === "" ? undefined : { taskId, id };
}
