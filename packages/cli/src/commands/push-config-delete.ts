/** `parley task push-config delete`: deleting twice is the same as deleting once (spec 3.1.10). */
import { withSession } from "../agent/index.js";
import type { Command } from "../context.js";

export const command: Command = (context) =>
  withSession(context, async ({ client, signal }) => {
    const request = { taskId: context.arg(0), id: context.arg(1) };
    await client.deleteTaskPushNotificationConfig(request, { signal });
    if (context.json) context.emit({});
    else context.text.field("Deleted", request.id);
  });
