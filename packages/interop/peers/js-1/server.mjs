import {
  A2A_PROTOCOL_VERSION,
  AGENT_CARD_PATH,
  AgentCard,
  Message,
  Task,
  TaskArtifactUpdateEvent,
  TaskStatusUpdateEvent,
} from "@a2a-js/sdk";
import {
  AgentEvent,
  DefaultExecutionEventBusManager,
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from "@a2a-js/sdk/server";
import { agentCardHandler, jsonRpcHandler, restHandler } from "@a2a-js/sdk/server/express";
import { A2AService, grpcService } from "@a2a-js/sdk/server/grpc";
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
    const status = (name) => ({
      state: `TASK_STATE_${name.toUpperCase().replace("-", "_")}`,
      timestamp: new Date().toISOString(),
    });
    const spoken = (content) => (typeof content === "string" ? [{ text: content }] : content);
    const asked = Message.toJSON(userMessage);
    const [{ text = "" } = {}, ...rest] = asked.parts;
    await perform(text, rest, {
      continues: task !== undefined,
      canceled: () => this.#canceled.has(taskId),
      message(text) {
        const message = {
          messageId: crypto.randomUUID(),
          contextId,
          role: "ROLE_AGENT",
          parts: spoken(text),
        };
        bus.publish(AgentEvent.message(Message.fromJSON(message)));
      },
      begin() {
        const created = { id: taskId, contextId, status: status("submitted"), history: [asked] };
        bus.publish(AgentEvent.task(task ?? Task.fromJSON(created)));
      },
      artifact(artifactId, content, append) {
        const update = { taskId, contextId, artifact: { artifactId, parts: spoken(content) }, append };
        bus.publish(AgentEvent.artifactUpdate(TaskArtifactUpdateEvent.fromJSON(update)));
      },
      status(name) {
        const update = { taskId, contextId, status: status(name) };
        bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON(update)));
      },
    });
  }

  async cancelTask(taskId) {
    this.#canceled.add(taskId);
  }
}

const at = (protocolBinding, url) => ({ url, protocolBinding, protocolVersion: A2A_PROTOCOL_VERSION });
const card = (name) =>
  AgentCard.fromJSON({
    name,
    description: "Does what the first word of a message says",
    version: "1.0.0",
    supportedInterfaces: [
      at("JSONRPC", `${origin}/jsonrpc`),
      at("HTTP+JSON", `${origin}/rest`),
      at("GRPC", `127.0.0.1:${GRPC_PORT}`),
    ],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
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
const grpc = new Server();
grpc.addService(A2AService, grpcService({ requestHandler, userBuilder: everybody }));
grpc.bindAsync(`127.0.0.1:${GRPC_PORT}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  const app = express();
  const options = { requestHandler, userBuilder: everybody };
  app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
  app.use("/jsonrpc", jsonRpcHandler(options));
  app.use("/rest", restHandler(options));
  app.listen(Number(PORT), "127.0.0.1");
});
