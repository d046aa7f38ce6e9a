/** The one connection of a bus to PostgreSQL: it listens and notifies, notices when it is dead, and comes back by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Log } from "../../ports/index.js";

export interface ConnectionOptions {
  readonly url: string;
  readonly channel: string;
  /** How long an answer may take before the connection is taken for dead. */
  readonly timeoutMillis: number;
  readonly log: Log;
  /** A notification came. */
  readonly notified: (payload: string) => void;
  /** The connection is there, again or for the first time. */
  readonly up: (again: boolean) => void;
  readonly down: () => void;
}

const longestWaitMillis = 2000;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  #client: Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  /** Why there is no connection. */
  #reason: unknown;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws Error when the first connection cannot be made */
  async open(): Promise<void> {
    try {
      await this.#connect(false);
    } catch (cause) {
      throw new Error(`The bus cannot use PostgreSQL: ${messageOf(cause)}`, { cause });
    }
  }

  /** @throws Error when there is no connection, or it is lost before the answer, or the statement fails */
  async query(text: string, values: readonly unknown[] = []): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error("PostgreSQL cannot be reached", { cause: this.#reason });
    try {
      await client.query(text, [...values]);
    } catch (error) {
      // The client does so itself where it knows pipelines, which older ones do not.
      if (!refused(error)) client.connection.stream.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heartbeat);
    const client = this.#client;
    this.#client = undefined;
    this.#reason = new Error("closed");
    if (!client) return;
    await Promise.race([client.end(), sleep(500, undefined, { ref: false })]);
    client.connection.stream.destroy();
  }

  async #connect(again: boolean): Promise<void> {
    const { url, channel, timeoutMillis, notified, up } = this.#options;
    const pg = await loadDriver();
    const client = new pg.Client({
      connectionString: url,
      application_name: "parley bus",
      keepAlive: true,
      connectionTimeoutMillis: timeoutMillis,
      query_timeout: timeoutMillis,
      pipeline: true,
    });
    const abandon = () => client.connection.stream.destroy();
    this.#closing.signal.addEventListener("abort", abandon);
    client.on("error", (error) => this.#lose(client, error));
    client.on("end", () => this.#lose(client, new Error("PostgreSQL ended the connection")));
    client.on("notification", ({ payload }) => notified(payload ?? ""));
    try {
      await client.connect();
      // A notification is a transaction; nobody need wait until this one is on the disk.
      await client.query("SET synchronous_commit = off");
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.#closing.signal.throwIfAborted();
    } catch (error) {
      abandon();
      throw error;
    } finally {
      this.#closing.signal.removeEventListener("abort", abandon);
    }
    this.#client = client;
    this.#heartbeat = setInterval(() => void this.query("SELECT 1").catch(() => {}), timeoutMillis).unref();
    up(again);
  }

  #lose(client: Client, reason: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#reason = reason;
    clearInterval(this.#heartbeat);
    client.connection.stream.destroy();
    this.#options.down();
    this.#options.log.warn("The bus lost its connection to PostgreSQL", { error: reason });
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    const { signal } = this.#closing;
    for (let longest = 100; !signal.aborted; longest = Math.min(longest * 2, longestWaitMillis)) {
      await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.#connect(true);
        this.#options.log.info("The bus has its connection to PostgreSQL again");
        return;
      } catch (error) {
        this.#reason = error;
      }
    }
  }
}

/** Whether the database answered, and goes on answering: codes of class 57P say that it does not. */
export function refused(error: unknown): boolean {
  const { code, severity } = Object(error) as { code?: unknown; severity?: unknown };
  return typeof code === "string" && severity !== undefined && !code.startsWith("57P");
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function loadDriver() {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new Error("it needs the package pg: npm install pg", { cause });
  }
}
