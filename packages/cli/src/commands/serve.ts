/** `parley serve`: puts the agent that a module exports online, until a signal stops it. */
import { resolve } from "node:path";
import type { ServeOptions } from "@parley/a2a/node";
import type { Config } from "../config/index.js";
import type { Command } from "../context.js";
import type { Io } from "../io.js";
import { Failure, programName, usage } from "../output/index.js";
import { toAuthenticator } from "../serve/callers.js";
import { readText } from "../serve/files.js";
import { loadAgent, type Sdk } from "../serve/load-agent.js";
import { toOutgoing } from "../serve/outgoing.js";
import { toRetention } from "../serve/retention.js";
import { toStore } from "../serve/store.js";
import { toWebhooks } from "../serve/webhooks.js";
import { placeOf, shown } from "../store/place.js";

export const command: Command = async (context) => {
  const { config, io, text } = context;
  const { agent, sdk } = await unlessStopped(loadAgent(resolve(io.cwd, context.arg(0))), io);
  const starting = sdk.node.serve(agent, await toOptions(config, io, sdk)).catch((error: unknown) => {
    throw cannotStart(error, config);
  });
  const serving = await unlessStopped(starting, io);
  const card = `${serving.url.replace(/\/$/, "")}/.well-known/agent-card.json`;
  if (context.json) context.emit(serving.card);
  else {
    text.field("Agent", serving.card.name);
    text.field("Card", card);
    text.field("gRPC", serving.grpc?.address);
    text.field("Store", shown(placeOf(config)));
    text.field("Try", `${programName(context)} send --stream -a ${cardReference(serving.url)} "Hello"`);
  }
  await aborted(io.signal);
  context.diagnostics.progress("Stopping: tasks may end first; a second signal ends it at once");
  await serving.drain(config.get("drain"), config.get("drain-notice"));
};

function cannotStart(error: unknown, config: Config): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const taken = /:(\d+): another process listens/.exec(message)?.[1];
  const hint = /PEM routines/.test(message)
    ? "--tls-cert and --tls-key must each name a PEM file."
    : taken !== undefined
      ? `Choose another port with ${taken === config.get("grpc-port") ? "--grpc-port" : "--port"}.`
      : /in use by another Parley process/.test(message)
        ? "A SQLite file belongs to one process at a time: stop that one, or name another file with --store."
        : undefined;
  return new Failure("A2ACLI_ERR_INTERNAL", message, { hint, cause: error });
}

async function toOptions(config: Config, io: Io, sdk: Sdk): Promise<ServeOptions> {
  const [cert, key] = [config.get("tls-cert"), config.get("tls-key")];
  if ((cert === undefined) !== (key === undefined)) throw usage("--tls-cert and --tls-key go together");
  const authenticator = await toAuthenticator(config, io, sdk);
  const basePath = config.get("base-path");
  const tls = cert !== undefined &&
    key !== undefined && {
      // As bytes, for text could be taken for a path.
      tls: {
        cert: Buffer.from(await readText("--tls-cert", cert, io)),
        key: Buffer.from(await readText("--tls-key", key, io)),
      },
    };
  const grpcPort = toGrpcPort(config);
  return {
    port: config.get("port"),
    ...(grpcPort && { grpc: { ...grpcPort, ...tls, health: true, reflection: true } }),
    host: config.get("host"),
    versions: [
      sdk.compat.v0_3,
      sdk.compat.v0_1,
      ...(config.get("draft") === "1.1" ? [sdk.compat.draft1_1] : []),
    ],
    ...(await toStore(config, io, sdk)),
    ...toPublicUrl(config),
    ...(basePath !== undefined && { basePath: `/${basePath.replace(/^\/+|\/+$/g, "")}` }),
    ...(authenticator && { authenticator }),
    limits: toLimits(config),
    retention: await toRetention(config, io),
    outgoing: toOutgoing(config),
    webhooks: await toWebhooks(config, io),
    ...(config.get("idempotency") === "messageId" && { idempotency: "messageId" }),
    ...tls,
  };
}

function toPublicUrl(config: Config): { publicUrl?: string } {
  const publicUrl = config.get("public-url");
  if (publicUrl === undefined) return {};
  if (!/^https?:\/\//i.test(publicUrl) || !URL.canParse(publicUrl))
    throw usage(
      `--public-url: "${publicUrl}" is no http or https URL`,
      "Write it like https://agent.example.com.",
    );
  return { publicUrl };
}

function toLimits(config: Config): ServeOptions["limits"] {
  const [runningTasks, queuedTasks] = [config.get("running-tasks"), config.get("queued-tasks")];
  const [tasksPerPrincipal, taskSize] = [config.get("tasks-per-principal"), config.get("task-size")];
  if (queuedTasks !== undefined && runningTasks === undefined)
    throw usage("--queued-tasks needs --running-tasks");
  for (const name of ["running-tasks", "tasks-per-principal", "task-size"] as const)
    if (config.get(name) === 0) throw usage(`--${name} must be at least 1`);
  return {
    ...(runningTasks !== undefined && { runningTasks }),
    ...(queuedTasks !== undefined && { queuedTasks }),
    ...(tasksPerPrincipal !== undefined && { tasksPerPrincipal }),
    ...(taskSize !== undefined && { taskSize }),
  };
}

/** Nobody asked for the next port, so it may be taken; 0 takes any. */
function toGrpcPort(config: Config): { port: number; optional?: boolean } | undefined {
  const chosen = config.get("grpc-port");
  const port = config.get("port") ?? 0;
  if (chosen === undefined) return { port: port && port + 1, optional: true };
  if (chosen === "off") return undefined;
  if (!/^\d{1,5}$/.test(chosen) || Number(chosen) > 65_535)
    throw usage(`--grpc-port: "${chosen}" is neither a port nor off`);
  return { port: Number(chosen) };
}

/** The shortest reference that leads to the card. */
function cardReference(url: string): string {
  const { pathname, origin } = new URL(url);
  return pathname === "/" ? origin : `${url.replace(/\/$/, "")}/.well-known/agent-card.json`;
}

/** A module or a database may take its time: who does not want to wait any more has to stop nothing. */
function unlessStopped<T>(work: Promise<T>, { signal }: Io): Promise<T> {
  const stopped = aborted(signal).then((): never => {
    throw signal.reason;
  });
  return Promise.race([work, stopped]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
