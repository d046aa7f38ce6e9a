/** `parley task push-config list`, page by page (spec 3.1.9). */
import type {
  ListTaskPushNotificationConfigsResponse,
  TaskPushNotificationConfig,
} from "@parley/a2a/protocol";
import { type Session, withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { argument, commandLine, flagsGiven } from "../output/index.js";
import { renderPushConfig } from "../output/push-config.js";

export const command: Command = (context) =>
  withSession(context, async (session) => {
    const response = await list(context, session);
    if (context.json) return context.emit(response);
    for (const config of response.configs ?? []) renderPushConfig(context, config);
    context.text.section();
    context.text.field("Shown", response.configs?.length ?? 0);
    const { nextPageToken } = response;
    if (nextPageToken) {
      const words = [
        ...flagsGiven(context, ["page-size"]),
        "--page-token",
        nextPageToken,
        ...argument(context.arg(0)),
      ];
      context.text.field("Next", commandLine(context, "task push-config list", ...words));
    }
  });

/** With --all the pages become one response, whose next page is empty. */
async function list(
  context: Context,
  { client, signal }: Session,
): Promise<ListTaskPushNotificationConfigsResponse> {
  const { config } = context;
  const request = { taskId: context.arg(0), pageSize: config.get("page-size") };
  const configs: TaskPushNotificationConfig[] = [];
  let pageToken = config.get("page-token");
  for (;;) {
    const page = await client.listTaskPushNotificationConfigs({ ...request, pageToken }, { signal });
    if (!config.get("all")) return page;
    configs.push(...(page.configs ?? []));
    pageToken = page.nextPageToken;
    if (!pageToken) return { configs, nextPageToken: "" };
  }
}
