import { setTimeout as sleep } from "node:timers/promises";
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

const { PORT, GRPC_PORT } = process.env;
const origin = `http://127.0.0.1:${PORT}`;

const said = (text) => text.slice(text.indexOf(" ") + 1);
const spoken = (text) => [{ kind: "text", text }];

/** Only authenticated callers get an extended card; here everybody is one. */
const everybody = async () => ({ isAuthenticated: true, userName: "everybody" });

/** Does what the first word of a message says. */
class Executor {
  #canceled = new Set();

  async execute({ taskId, contextId, userMessage, task }, bus) {
    const { parts } = userMessage;
    const text = parts[0]?.text ?? "";
    const status = (state, final = false) => {
      const timestamp = new Date().toISOString();
      bus.publish({ kind: "status-update", taskId, contextId, status: { state, timestamp }, final });
    };
    const artifact = (artifactId, content, append = false) =>
      bus.publish({
        kind: "artifact-update",
        taskId,
        contextId,
        artifact: { artifactId, parts: content },
        append,
      });
    const [word] = text.split(" ", 1);
    if (word === "message" && !task) {
      const messageId = crypto.randomUUID();
      bus.publish({ kind: "message", messageId, contextId, role: "agent", parts: spoken(said(text)) });
      bus.finished();
      return;
    }
    const status0 = { state: "submitted", timestamp: new Date().toISOString() };
    if (!task) bus.publish({ kind: "task", id: taskId, contextId, status: status0, history: [userMessage] });
    if (task) {
      artifact("answer", spoken(text));
      status("completed", true);
    } else if (word === "echo") {
      artifact("echo", spoken(said(text)));
      status("completed", true);
    } else if (word === "parts") {
      artifact("parts", parts.slice(1));
      status("completed", true);
    } else if (word === "count") {
      status("working");
      for (const piece of ["1", "2", "3"]) artifact("count", spoken(piece), piece !== "1");
      status("completed", true);
    } else if (word === "ask") {
      status("input-required", true);
    } else if (word === "slow") {
      status("working");
      for (let tick = 0; !this.#canceled.has(taskId); tick++) {
        await sleep(200);
        if (!this.#canceled.has(taskId)) artifact("ticks", spoken("."), tick > 0);
      }
      status("canceled", true);
    } else {
      status("failed", true);
    }
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
