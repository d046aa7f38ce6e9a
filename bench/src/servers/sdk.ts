/**
 * The @a2a-js/sdk server as its README has it: DefaultRequestHandler under its Express handlers and its gRPC service.
 * With `--webhooks` it also has its sender of push notifications, which would cost the other rows something.
 */
import { createServer } from "node:http";
import { A2A_PROTOCOL_VERSION, AGENT_CARD_PATH, type AgentCard } from "@a2a-js/sdk";
import {
  DefaultExecutionEventBusManager,
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
} from "@a2a-js/sdk/server";
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";
import { announce, listen } from "./contract.js";
import { openGrpcPort } from "./grpc-port.js";
import { SdkExecutor } from "./sdk-executor.js";
import { taskStore } from "./sdk-stores.js";

const pushNotifications = process.argv.includes("--webhooks");

function card(origin: string, grpc: string): AgentCard {
  const at = (protocolBinding: string, url: string) => ({
    url,
    protocolBinding,
    tenant: "",
    protocolVersion: A2A_PROTOCOL_VERSION,
  });
  return {
    name: "Bench agent",
    description: "Answers by the text of the message",
    supportedInterfaces: [
      at("JSONRPC", `${origin}/a2a/jsonrpc`),
      at("HTTP+JSON", `${origin}/a2a/rest`),
      at("GRPC", grpc),
    ],
    provider: undefined,
    version: "1.0.0",
    capabilities: { streaming: true, pushNotifications, extensions: [], extendedAgentCard: false },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [],
    signatures: [],
  };
}

const store = await taskStore();

function createHandler(origin: string, grpc: string): DefaultRequestHandler {
  const executor = new SdkExecutor();
  if (!pushNotifications) return new DefaultRequestHandler(card(origin, grpc), store, executor);
  const configs = new InMemoryPushNotificationStore();
  const sender = new DefaultPushNotificationSender(configs);
  const buses = new DefaultExecutionEventBusManager();
  return new DefaultRequestHandler(card(origin, grpc), store, executor, buses, configs, sender);
}

const app = express();
const http = createServer(app);
const ready = new Promise<string>((resolve) => listen(http, resolve));
const grpc = await openGrpcPort(async () => {
  const [{ Server }, { A2AService, grpcService }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@a2a-js/sdk/server/grpc"),
  ]);
  const server = new Server();
  const service = grpcService({ requestHandler, userBuilder: UserBuilder.noAuthentication });
  server.addService(A2AService, { ...service });
  return server;
});
const origin = await ready;
const requestHandler = createHandler(origin, grpc);
const options = { requestHandler, userBuilder: UserBuilder.noAuthentication };
app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
app.use("/a2a/jsonrpc", jsonRpcHandler(options));
app.use("/a2a/rest", restHandler(options));
announce({
  jsonrpc: `${origin}/a2a/jsonrpc`,
  rest: `${origin}/a2a/rest`,
  grpc,
  card: `${origin}/${AGENT_CARD_PATH}`,
});
