/** One command's connection to one agent: its card, the client, the deadline, and failures in this tool's words. */
import { type Client, type ClientOptions, createClient, TransportError } from "@parley/a2a/client";
import { A2AError, type AgentCard } from "@parley/a2a/protocol";
import type { Context } from "../context.js";
import { argument, commandLine, Failure, usage } from "../output/index.js";
import { type FoundCard, findCard, unreachable } from "./card.js";
import { authFor, wantedCredentials } from "./credentials.js";
import { grpcFor } from "./grpc.js";
import { insecureFetch } from "./insecure-fetch.js";
import { cardForVersion, cardReaders, otherVersion, preferredBindings } from "./interfaces.js";
import { wireLog } from "./wire-log.js";

export interface Session {
  readonly client: Client;
  readonly card: AgentCard;
  /** Aborted by the user or by --timeout. */
  readonly signal: AbortSignal;
  /** The body of the latest answer, as it came. */
  readonly lastAnswer: () => string | undefined;
  /** The task at work, once it is known: what to tell a user whose wait ends early. */
  taskId?: string;
}

/** Runs `work` with a session. @throws Failure, A2AError */
export async function withSession<T>(context: Context, work: (session: Session) => Promise<T>): Promise<T> {
  let session: Session | undefined;
  return withDeadline(
    context,
    () => session?.taskId,
    async (signal) => {
      const { card } = await findCard(
        context.config.get("agent-card"),
        { ...clientOptions(context), versions: cardReaders(context.config.get("a2a-version")) },
        signal,
        context.io,
      );
      try {
        session = await open(context, card, signal);
        return await work(session);
      } catch (error) {
        throw explain(error, card, context, signal);
      } finally {
        session?.client.close();
      }
    },
  );
}

/** The card alone, for `card get`. */
export function withCard<T>(
  context: Context,
  work: (found: FoundCard, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDeadline(
    context,
    () => undefined,
    async (signal) => {
      const found = await findCard(
        context.config.get("agent-card"),
        { ...clientOptions(context), versions: cardReaders(context.config.get("a2a-version")) },
        signal,
        context.io,
      );
      try {
        return await work(found, signal);
      } catch (error) {
        throw explain(error, found.card, context, signal);
      }
    },
  );
}

/**
 * To be closed by who opens it.
 * @throws A2AError VERSION_NOT_SUPPORTED, UNSUPPORTED_OPERATION when no interface fits
 */
export async function open(context: Context, card: AgentCard, signal: AbortSignal): Promise<Session> {
  const { config, diagnostics } = context;
  const bindings = preferredBindings(config.get("transport"));
  const version = config.get("a2a-version");
  const other = otherVersion(version);
  const auth = authFor(card, config, diagnostics);
  const options = clientOptions(context);
  let answer: string | undefined;
  const spoken = cardForVersion(card, version);
  const client = createClient(spoken, {
    ...options,
    onResponse(response) {
      answer = response.body;
      options.onResponse?.(response);
    },
    bindings,
    transports: await grpcFor(spoken, bindings, config.get("insecure")),
    ...(other && { versions: [other] }),
    headers: {
      ...serviceParameters(config.get("svc-param")),
      ...(version !== undefined && { "a2a-version": version }),
    },
    ...(auth !== undefined && { auth }),
  });
  const { url, protocolBinding, protocolVersion } = client.interface;
  diagnostics.debug(`using ${protocolBinding} ${protocolVersion} at ${url}`);
  warnAboutTransport(context, url, auth !== undefined || config.get("svc-param").length > 0);
  return { client, card, signal, lastAnswer: () => answer };
}

function clientOptions({ config, diagnostics }: Context): ClientOptions {
  const names = config.get("svc-param").map((parameter) => parameter.split(":", 1)[0] ?? "");
  // Polling takes over from a stream that cannot be resumed, so there is no need to insist.
  return {
    resumes: 3,
    ...wireLog(diagnostics, names),
    ...(config.get("insecure") && { fetch: insecureFetch }),
  };
}

/** @throws Failure A2ACLI_ERR_USAGE */
export function serviceParameters(parameters: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([\t\x20-\x7e]*)$/.exec(parameter) ?? [];
      if (name === undefined || value === undefined)
        throw usage(
          "--svc-param must be key:value, in plain ASCII",
          "For example --svc-param x-trace-id:abc123",
        );
      return [name, value.trim()];
    }),
  );
}

function warnAboutTransport({ config, diagnostics }: Context, url: string, credentials: boolean): void {
  // Addresses of gRPC may come without a scheme, which is TLS but on this machine.
  const { protocol, hostname } = new URL(url.includes("://") ? url : `https://${url}`);
  if (config.get("insecure")) {
    diagnostics.warn("--insecure: TLS certificates are not verified; use it for development only");
    if (credentials)
      diagnostics.warn(
        "SECURITY: your credential is sent over a connection whose certificate is not verified",
      );
  }
  const local = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  if (/^(http|grpc):$/.test(protocol) && credentials && !local)
    diagnostics.warn(`SECURITY: your credential is sent to ${hostname} without encryption`);
}

async function withDeadline<T>(
  context: Context,
  taskId: () => string | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = context.config.get("timeout") ?? 0;
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(context.io.signal.reason);
  context.io.signal.addEventListener("abort", onInterrupt);
  if (context.io.signal.aborted) onInterrupt();
  const timer =
    limit > 0
      ? setTimeout(() => stop.abort(timedOut(limit, taskId(), context)), Math.min(limit, 0x7fffffff))
      : undefined;
  try {
    return await work(stop.signal);
  } catch (error) {
    if (context.io.signal.aborted) noteInterruption(taskId(), context);
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    context.io.signal.removeEventListener("abort", onInterrupt);
  }
}

function timedOut(limit: number, taskId: string | undefined, context: Context): Failure {
  return new Failure("A2ACLI_ERR_TIMEOUT", `nothing final within ${limit / 1000} s`, {
    hint:
      taskId === undefined
        ? "Give it more time with --timeout."
        : `The task goes on; wait for it with: ${commandLine(context, "task get", "--wait", ...argument(taskId))}`,
  });
}

function noteInterruption(taskId: string | undefined, context: Context): void {
  if (taskId === undefined) return;
  context.diagnostics.progress(
    `Interrupted; the task goes on. ${commandLine(context, "task get", "--wait", ...argument(taskId))}`,
  );
}

function explain(error: unknown, card: AgentCard, { config }: Context, signal: AbortSignal): unknown {
  if (signal.aborted) return error;
  if (error instanceof TransportError) return unreachable(error);
  if (!(error instanceof A2AError)) return error;
  if (error.reason !== "UNAUTHENTICATED" && error.reason !== "PERMISSION_DENIED") return error;
  const supplied = config.secrets().length > 0;
  const code = error.reason === "UNAUTHENTICATED" ? 401 : 403;
  return supplied
    ? new Failure("A2ACLI_ERR_AUTH_FAILED", `the agent refused the credentials: ${error.message}`, {
        hint: `Check that they are right, unexpired and meant for this agent. ${wantedCredentials(card)}`,
        a2aCode: code,
        cause: error,
      })
    : new Failure("A2ACLI_ERR_CREDENTIALS_MISSING", `the agent wants credentials: ${error.message}`, {
        hint: wantedCredentials(card),
        a2aCode: code,
        cause: error,
      });
}
