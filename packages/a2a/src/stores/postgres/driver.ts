/** One connection: how it is made, what it is told at first, and that nothing on it hangs for ever. */
import { Socket } from "node:net";
import type pg from "pg";

/** What every connection of a store needs to know. */
export interface Settings {
  readonly pg: typeof pg;
  readonly url: string;
  readonly schema: string;
  /** One attempt: connecting, or one statement. 0 for no limit. */
  readonly timeoutMillis: number;
  /** How long a call is made again after the connection failed. */
  readonly retryMillis: number;
}

/** @throws Error when the optional peer is not there. */
export async function loadDriver(): Promise<typeof pg> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new Error("The PostgreSQL store needs the package pg: npm install pg", { cause });
  }
}

const int8 = 20;

/** How much longer than the server this side waits, so that a living server is the one to say that it took too long. */
const graceMillis = 1000;

export interface Opened {
  readonly client: pg.Client;
  /** Set once the connection is of no more use. */
  lost: boolean;
  /** Without a farewell. */
  destroy(): void;
}

/**
 * Plans are made once per connection and used for as long as it lasts: one made while a table was empty must not read
 * all of it when it is full, so they go by indexes alone.
 */
const planning = ["seqscan", "bitmapscan", "hashjoin", "mergejoin"].map((way) => `SET enable_${way} = off`);

export async function connect({ pg, url, schema, timeoutMillis }: Settings): Promise<Opened> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    application_name: "parley",
    connectionTimeoutMillis: timeoutMillis || 10_000,
    ...(timeoutMillis > 0 && { query_timeout: timeoutMillis + graceMillis }),
    keepAlive: true,
    stream: () => socket,
    types: {
      getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  const opened: Opened = { client, lost: false, destroy: () => socket.destroy() };
  const lose = () => {
    opened.lost = true;
  };
  client.on("error", lose);
  client.on("end", lose);
  try {
    await client.connect();
    await client.query(
      [
        `SET search_path = ${client.escapeIdentifier(schema)}, pg_temp`,
        `SET statement_timeout = ${timeoutMillis}`,
        `SET idle_in_transaction_session_timeout = ${timeoutMillis}`,
        "SET jit = off",
        "SET plan_cache_mode = force_generic_plan",
        // What was acknowledged is on a disk, whatever the database's own setting says.
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        ...planning,
      ].join("; "),
    );
    return opened;
  } catch (error) {
    opened.destroy();
    throw error;
  }
}

/** Classes and codes of PostgreSQL's that another attempt may well not meet: connections, shutdowns, deadlocks, time. */
const passing = /^(08|57P0|53300|40001|40P01|55P03|57014|25006)/;

/** Codes of Node's: of sockets and names. */
const network = /^(E(?!RR_)|ERR_(STREAM|SOCKET))/;

const sqlState = /^[0-9A-Z]{5}$/;

/** The server's own code of an error, if it is the server's. */
export function codeOf(error: unknown): string | undefined {
  const { code, severity } = Object(error) as { code?: unknown; severity?: unknown };
  return typeof code === "string" && severity !== undefined && sqlState.test(code) ? code : undefined;
}

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  const state = codeOf(error);
  if (state !== undefined) return passing.test(state);
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string"
    ? network.test(code)
    : /terminated|timeout|not queryable/i.test(error.message);
}

/** Whether nothing more can be asked on the connection that an error came from. */
export const endsConnection = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === undefined || /^(08|57P0|25006)/.test(code);
};

/** A URL for people: who and where, but no password. */
export function describe(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `PostgreSQL at ${hostname || "localhost"}${port && `:${port}`}${pathname}`;
  } catch {
    return "PostgreSQL";
  }
}
