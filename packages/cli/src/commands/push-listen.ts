/** `parley push listen`: receives webhooks and prints them, until a signal stops it. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { StreamResponse } from "@parley/a2a/protocol";
import { type ReceiveOptions, webhookReceiver } from "@parley/a2a/webhooks";
import type { Command, Context } from "../context.js";
import { Failure, usage } from "../output/index.js";
import { renderEvent } from "../output/task.js";

export const command: Command = async (context) => {
  const { config, diagnostics, io } = context;
  const receive = receiver(context);
  const server = createServer(async (request: IncomingMessage, response) => {
    if (request.method !== "POST") return void response.writeHead(405).end();
    const { status } = await receive(request);
    if (status >= 400) diagnostics.warn(`a webhook was refused (${status})`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.get("port"), config.get("host"), resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    const place = `${config.get("host")}:${config.get("port")}`;
    const reason = error.code === "EADDRINUSE" ? "another process listens there" : error.message;
    throw new Failure("A2ACLI_ERR_INTERNAL", `Cannot listen on ${place}: ${reason}`, {
      hint: "Choose another port with --port.",
      cause: error,
    });
  });
  const { port } = server.address() as AddressInfo;
  diagnostics.progress(`Listening on http://${config.get("host")}:${port}/`);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    else io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

function receiver(context: Context): ReturnType<typeof webhookReceiver> {
  const options = toOptions(context);
  try {
    return webhookReceiver(options, ({ event }) => print(context, event));
  } catch (error) {
    if (error instanceof TypeError) throw usage("--push-token: whsec_ must be followed by base64");
    throw error;
  }
}

/** @throws Failure A2ACLI_ERR_USAGE when nothing says what to check */
function toOptions({ config }: Context): ReceiveOptions {
  const [token, jwks] = [config.get("push-token"), config.get("jwks")];
  if (token === undefined && jwks === undefined)
    throw usage("--push-token or --jwks says by what webhooks are checked");
  return { ...(token !== undefined && { secret: token }), ...(jwks !== undefined && { jwks }) };
}

function print(context: Context, event: StreamResponse): void {
  if (context.json) context.emit(event);
  else renderEvent(context.text, event, context.verbose);
}
