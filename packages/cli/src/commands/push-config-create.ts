/** `parley task push-config create`: where updates of a task are sent from now on (spec 3.1.7). */
import type { AuthenticationInfo } from "@parley/a2a/protocol";
import { withSession } from "../agent/index.js";
import type { Command } from "../context.js";
import { usage } from "../output/index.js";
import { renderPushConfig } from "../output/push-config.js";

export const command: Command = async (context) => {
  const { config } = context;
  const url = config.get("url");
  if (url === undefined) throw usage("--url says where updates are sent");
  const request = {
    taskId: context.arg(0),
    url,
    id: config.get("push-id"),
    token: config.get("push-token"),
    authentication: toAuthentication(config.get("push-auth")),
  };
  await withSession(context, async ({ client, signal }) => {
    const created = await client.createTaskPushNotificationConfig(request, { signal });
    if (context.json) context.emit(created);
    else renderPushConfig(context, created);
  });
};

function toAuthentication(text: string | undefined): AuthenticationInfo | undefined {
  if (text === undefined) return undefined;
  const [scheme = "", ...rest] = text.trim().split(/\s+/);
  if (rest.length === 0) throw usage('--push-auth: write a scheme and credentials, such as "Bearer abc"');
  return { scheme, credentials: rest.join(" ") };
}
