import { AGENT_CARD_PATH } from "@a2a-js/sdk-0.3";
import {
  DefaultExecutionEventBusManager,
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from "@a2a-js/sdk-0.3/server";
import { agentCardHandler, jsonRpcHandler, restHandler } from "@a2a-js/sdk-0.3/server/express";
import { A2AService, grpcService } from "@a2a-js/sdk-0.3/server/grpc";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import express from "express";
import { perform } from "../words.mjs";

const { PORT, GRPC_PORT } = process.env;
const origin = `http://127.0.0.1:${PORT}`;

/** Only authenticated callers get an extended card; here everybody is one. */
const everybody = async () => ({ isAuthenticated: true, userName: "everybody" });

/** Does what the first word of a message says. */
class Executor {
  #canceled = new Set();

  async execute({ taskId, contextId, userMessage, task }, bus) {
    const status = (state) => ({ state, timestamp: new Date().toISOString() });
    const spoken = (content) => (typeof content === "string" ? [{ kind: "text", text: content }] : content);
    const [{ text = "" } = {}, ...rest] = userMessage.parts;
    await perform(text, rest, {
      continues: task !== undefined,
      canceled: () => this.#canceled.has(taskId),
      message(text) {
        const messageId = crypto.randomUUID();
        bus.publish({ kind: "message", messageId, contextId, role: "agent", parts: spoken(text) });
      },
      begin() {
        const created = { id: taskId, contextId, status: status("submitted"), history: [userMessage] };
        if (!task) bus.publish({ kind: "task", ...created });
      },
      artifact(artifactId, content, append) {
        const artifact = { artifactId, parts: spoken(content) };
        bus.publish({ kind: "artifact-update", taskId, contextId, artifact, append });
      },
      status(state) {
        const final = state !== "working";
        bus.publish({ kind: "status-update", taskId, contextId, status: status(state), final });
      },
    });
    bus.finished();
  }

  async cancelTask(taskId) {
    this.#canceled.add(taskId);
  }
}

const card = (name) => ({
  protocolVersion: "0.3.0",
  name,
  description: "Does what the first word of a message says",
  version: "1.0.0",
  url: `${origin}/jsonrpc`,
  preferredTransport: "JSONRPC",
  additionalInterfaces: [
    { url: `${origin}/jsonrpc`, transport: "JSONRPC" },
    { url: `${origin}/rest`, transport: "HTTP+JSON" },
    { url: `127.0.0.1:${GRPC_PORT}`, transport: "GRPC" },
  ],
  capabilities: { streaming: true, pushNotifications: true },
  supportsAuthenticatedExtendedCard: true,
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [{ id: "interop", name: "Interop", description: "Does what it is told", tags: ["test"] }],
});

const configs = new InMemoryPushNotificationStore();
const requestHandler = new DefaultRequestHandler(
  card("Interop"),
  new InMemoryTaskStore(),
  new Executor(),
  new DefaultExecutionEventBusManager(),
  configs,
  new DefaultPushNotificationSender(configs),
  card("Interop, extended"),
);
const app = express();
const options = { requestHandler, userBuilder: everybody };
app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
app.use("/jsonrpc", jsonRpcHandler(options));
app.use("/rest", restHandler(options));
const grpc = new Server();
grpc.addService(A2AService, grpcService(options));
grpc.bindAsync(`127.0.0.1:${GRPC_PORT}`, ServerCredentials.createInsecure(), () => {});
app.listen(Number(PORT), "127.0.0.1");
