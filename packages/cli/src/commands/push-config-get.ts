/** `parley task push-config get` (spec 3.1.8). */
import { withSession } from "../agent/index.js";
import type { Command } from "../context.js";
import { renderPushConfig } from "../output/push-config.js";

export const command: Command = (context) =>
  withSession(context, async ({ client, signal }) => {
    const request = { taskId: context.arg(0), id: context.arg(1) };
    const config = await client.getTaskPushNotificationConfig(request, { signal });
    if (context.json) context.emit(config);
    else renderPushConfig(context, config);
  });
