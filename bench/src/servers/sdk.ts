/**
 * The @a2a-js/sdk server as its README has it: DefaultRequestHandler under its Express handlers, tasks
 * in its InMemoryTaskStore or, for the sqlite variant, its DatabaseTaskStore on Kysely and SQLite in
 * WAL mode. The driver is libsql, the better-sqlite3 interface without a compiler.
 */
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { A2A_PROTOCOL_VERSION, AGENT_CARD_PATH, type AgentCard } from "@a2a-js/sdk";
import { DefaultRequestHandler, InMemoryTaskStore, type TaskStore } from "@a2a-js/sdk/server";
import { DatabaseTaskStore } from "@a2a-js/sdk/server/database";
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";
import { Kysely, SqliteDialect } from "kysely";
import Database from "libsql";
import { announce, listen, startOptions } from "./contract.js";
import { SdkExecutor } from "./sdk-executor.js";

/** The schema, as the SDK's own migration tool prints it. */
function schema(): string {
  const tool = fileURLToPath(new URL("cli/a2a_db.js", import.meta.resolve("@a2a-js/sdk")));
  return execFileSync(process.execPath, [tool, "upgrade", "--sql", "--dialect", "sqlite"], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
}

function taskStore(): TaskStore {
  const { variant, dataDir } = startOptions();
  if (variant === "memory") return new InMemoryTaskStore();
  const database = new Database(join(dataDir, "tasks.db"));
  database.pragma("journal_mode = WAL");
  database.exec(schema());
  return new DatabaseTaskStore(new Kysely<unknown>({ dialect: new SqliteDialect({ database }) }));
}

function card(origin: string): AgentCard {
  const at = (protocolBinding: string, path: string) => ({
    url: origin + path,
    protocolBinding,
    tenant: "",
    protocolVersion: A2A_PROTOCOL_VERSION,
  });
  return {
    name: "Bench agent",
    description: "Answers by the text of the message",
    supportedInterfaces: [at("JSONRPC", "/a2a/jsonrpc"), at("HTTP+JSON", "/a2a/rest")],
    provider: undefined,
    version: "1.0.0",
    capabilities: { streaming: true, pushNotifications: false, extensions: [], extendedAgentCard: false },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [],
    signatures: [],
  };
}

const app = express();
listen(createServer(app), (origin) => {
  const requestHandler = new DefaultRequestHandler(card(origin), taskStore(), new SdkExecutor());
  const options = { requestHandler, userBuilder: UserBuilder.noAuthentication };
  app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
  app.use("/a2a/jsonrpc", jsonRpcHandler(options));
  app.use("/a2a/rest", restHandler(options));
  announce({
    jsonrpc: `${origin}/a2a/jsonrpc`,
    rest: `${origin}/a2a/rest`,
    card: `${origin}/${AGENT_CARD_PATH}`,
  });
});
