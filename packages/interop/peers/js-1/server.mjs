import { setTimeout as sleep } from "node:timers/promises";
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

const { PORT, GRPC_PORT } = process.env;
const origin = `http://127.0.0.1:${PORT}`;

const said = (text) => text.slice(text.indexOf(" ") + 1);

/** Only authenticated callers get an extended card; here everybody is one. */
const everybody = async () => ({ isAuthenticated: true, userName: "everybody" });

/** Does what the first word of a message says. */
class Executor {
  #canceled = new Set();

  async execute({ taskId, contextId, userMessage, task }, bus) {
    const { parts } = Message.toJSON(userMessage);
    const text = parts[0]?.text ?? "";
    const state = (name) => ({ state: `TASK_STATE_${name}`, timestamp: new Date().toISOString() });
    const status = (name) =>
      bus.publish(
        AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({ taskId, contextId, status: state(name) })),
      );
    const artifact = (artifactId, content, append = false) =>
      bus.publish(
        AgentEvent.artifactUpdate(
          TaskArtifactUpdateEvent.fromJSON({
            taskId,
            contextId,
            artifact: { artifactId, parts: content },
            append,
          }),
        ),
      );
    const [word] = text.split(" ", 1);
    if (word === "message" && !task) {
      const messageId = crypto.randomUUID();
      const message = { messageId, contextId, role: "ROLE_AGENT", parts: [{ text: said(text) }] };
      bus.publish(AgentEvent.message(Message.fromJSON(message)));
      return;
    }
    const created = { id: taskId, contextId, status: state("SUBMITTED") };
    const first = task ?? Task.fromJSON({ ...created, history: [Message.toJSON(userMessage)] });
    bus.publish(AgentEvent.task(first));
    if (task) {
      artifact("answer", [{ text }]);
      status("COMPLETED");
    } else if (word === "echo") {
      artifact("echo", [{ text: said(text) }]);
      status("COMPLETED");
    } else if (word === "parts") {
      artifact("parts", parts.slice(1));
      status("COMPLETED");
    } else if (word === "count") {
      status("WORKING");
      for (const piece of ["1", "2", "3"]) artifact("count", [{ text: piece }], piece !== "1");
      status("COMPLETED");
    } else if (word === "ask") {
      status("INPUT_REQUIRED");
    } else if (word === "slow") {
      status("WORKING");
      for (let tick = 0; !this.#canceled.has(taskId); tick++) {
        await sleep(200);
        if (!this.#canceled.has(taskId)) artifact("ticks", [{ text: "." }], tick > 0);
      }
      status("CANCELED");
    } else {
      status("FAILED");
    }
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
