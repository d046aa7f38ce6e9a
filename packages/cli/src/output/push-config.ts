import type { TaskPushNotificationConfig } from "@parley/a2a/protocol";
import type { Context } from "../context.js";

/** A configuration as text, set apart from the one before. */
export function renderPushConfig({ text }: Context, config: TaskPushNotificationConfig): void {
  text.section();
  text.field("Config ID", config.id);
  text.field("Task ID", config.taskId);
  text.field("URL", config.url);
  text.field("Authentication", config.authentication?.scheme);
}
