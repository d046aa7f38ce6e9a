import { createServer } from "node:http";
import { verifyWebhook, WebhookError } from "@parley/a2a/webhooks";

const secret = process.env.WEBHOOK_SECRET ?? ""; // whsec_ and base64; without one, nothing is accepted

export const receiver = createServer(async (request, response) => {
  try {
    const { taskId, event } = await verifyWebhook(request, { secret });
    if (event.statusUpdate) console.log(taskId, event.statusUpdate.status.state);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(error instanceof WebhookError ? error.status : 500).end();
  }
});
