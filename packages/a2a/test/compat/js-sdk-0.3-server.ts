/** An agent on the JavaScript SDK of 0.3, over JSON-RPC, HTTP+JSON and gRPC, on loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentCard, Message, Part, TaskState } from "@a2a-js/sdk-0.3";
import {
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from "@a2a-js/sdk-0.3/server";
import { agentCardHandler, jsonRpcHandler, restHandler } from "@a2a-js/sdk-0.3/server/express";
import { A2AService, grpcService } from "@a2a-js/sdk-0.3/server/grpc";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import express from "express";

/** Does what the first word of the message says. */
class Executor implements AgentExecutor {
  readonly #contexts = new Map<string, string>();

  async execute({ userMessage, taskId, contextId, task }: RequestContext, bus: ExecutionEventBus) {
    const said = userMessage.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
    const message = (text: string): Message => ({
      kind: "message",
      messageId: crypto.randomUUID(),
      role: "agent",
      parts: [{ kind: "text", text }],
      taskId,
      contextId,
    });
    const status = (state: TaskState, final: boolean, text?: string) =>
      bus.publish({
        kind: "status-update",
        taskId,
        contextId,
        status: { state, timestamp: new Date().toISOString(), ...(text && { message: message(text) }) },
        final,
      });
    const artifact = (parts: Part[], append = false, lastChunk = true) =>
      bus.publish({
        kind: "artifact-update",
        taskId,
        contextId,
        artifact: { artifactId: "a", name: "out", parts },
        append,
        lastChunk,
      });

    this.#contexts.set(taskId, contextId);
    const [word] = said.split(" ");
    if (word === "message") {
      const { taskId: _, ...answer } = message(`You said ${said}`);
      bus.publish(answer);
      return bus.finished();
    }
    if (!task) {
      const history = [userMessage];
      bus.publish({ kind: "task", id: taskId, contextId, status: { state: "submitted" }, history });
    }
    status("working", false, "On it");
    switch (word) {
      case "wait":
        return;
      case "ask":
        status("input-required", true, "Which one?");
        return bus.finished();
      case "pieces":
        for (const text of ["a", "b", "c"]) {
          artifact([{ kind: "text", text }], text !== "a", text === "c");
        }
        break;
      case "back":
        artifact(userMessage.parts);
        break;
      default:
        artifact([{ kind: "text", text: task ? `You chose ${said}` : said }]);
    }
    status("completed", true);
    bus.finished();
  }

  async cancelTask(taskId: string, bus: ExecutionEventBus) {
    const contextId = this.#contexts.get(taskId) ?? "";
    bus.publish({ kind: "status-update", taskId, contextId, status: { state: "canceled" }, final: true });
    bus.finished();
  }
}

export interface OlderServer {
  readonly url: string;
  readonly card: AgentCard;
  /** Header fields of the calls so far. */
  readonly headers: Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** @param path Where its card is. */
export async function olderServer(path = "/.well-known/agent-card.json"): Promise<OlderServer> {
  const app = express();
  const server = createServer(app);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const grpc = new GrpcServer();
  const grpcPort = await new Promise<number>((done, failed) =>
    grpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? failed(error) : done(port),
    ),
  );
  const card: AgentCard = {
    protocolVersion: "0.3.0",
    name: "Older",
    description: "Speaks 0.3",
    version: "1.0.0",
    url: `${url}/rpc`,
    preferredTransport: "JSONRPC",
    additionalInterfaces: [
      { url: `${url}/rpc`, transport: "JSONRPC" },
      { url: `${url}/rest`, transport: "HTTP+JSON" },
      { url: `127.0.0.1:${grpcPort}`, transport: "GRPC" },
    ],
    capabilities: { streaming: true, pushNotifications: true },
    supportsAuthenticatedExtendedCard: true,
    securitySchemes: { key: { type: "apiKey", in: "header", name: "x-key" } },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "s", name: "S", description: "Skill", tags: ["t"], security: [{ key: [] }] }],
  };
  const extended = { ...card, description: "Speaks 0.3, and knows you" };
  const requestHandler = new DefaultRequestHandler(
    card,
    new InMemoryTaskStore(),
    new Executor(),
    undefined,
    undefined,
    undefined,
    extended,
  );
  const userBuilder = async () => ({ isAuthenticated: true, userName: "somebody" });
  const headers: Record<string, unknown>[] = [];
  app.use((request, _, next) => {
    headers.push(request.headers);
    next();
  });
  app.use(path, agentCardHandler({ agentCardProvider: requestHandler }));
  app.use("/rpc", jsonRpcHandler({ requestHandler, userBuilder }));
  app.use("/rest", restHandler({ requestHandler, userBuilder }));
  grpc.addService(A2AService, {
    ...grpcService({
      requestHandler,
      userBuilder: async ({ metadata }) => {
        headers.push(metadata.getMap());
        return userBuilder();
      },
    }),
  });
  const close = () =>
    new Promise<void>((done) => {
      grpc.forceShutdown();
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url, card, headers, close };
}
