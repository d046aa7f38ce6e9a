/**
 * What every benched server speaks: the start contract (environment in, one ready line out) and the
 * commands a message's text may hold. Used by the floor, the @a2a-js/sdk server and the Parley agent.
 */
import { writeSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a started server listens; `card` is the whole URL of the agent card, `grpc` is `host:port`. */
export interface Endpoints {
  readonly jsonrpc: string;
  readonly rest: string;
  readonly grpc?: string;
  readonly card: string;
}

export const variants = ["memory", "sqlite", "postgres"] as const;
export type Variant = (typeof variants)[number];

export interface StartOptions {
  readonly variant: Variant;
  readonly dataDir: string;
  /** The database of the variant `postgres`. */
  readonly postgres: string;
  /** The NATS server over which nodes tell each other of news; over the database without one. */
  readonly nats: string | undefined;
}

/** The part of the environment that servers read. */
export function startOptions(): StartOptions {
  const { BENCH_VARIANT = "memory", BENCH_DATA_DIR = ".", PARLEY_STORE = "", BENCH_NATS } = process.env;
  const { BENCH_POSTGRES = PARLEY_STORE } = process.env;
  const variant = variants.find((name) => name === BENCH_VARIANT);
  if (variant === undefined) {
    throw new Error(`BENCH_VARIANT "${BENCH_VARIANT}" is not supported: ${variants.join(", ")}`);
  }
  if (variant === "postgres" && BENCH_POSTGRES === "") throw new Error("BENCH_POSTGRES names no database");
  return { variant, dataDir: BENCH_DATA_DIR, postgres: BENCH_POSTGRES, nats: BENCH_NATS };
}

/** Writes the one line of JSON that says the server listens, on descriptor BENCH_READY_FD (default 1). */
export function announce(endpoints: Endpoints): void {
  writeSync(Number(process.env.BENCH_READY_FD ?? 1), `${JSON.stringify(endpoints)}\n`);
}

/** Listens on a free loopback port and says where. */
export function listen(server: Server, ready: (origin: string) => void): void {
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    ready(`http://127.0.0.1:${port}`);
  });
}

/** What a message's text asks the agent to do. */
export type Command =
  | { readonly kind: "message" }
  | { readonly kind: "chunks"; readonly count: number; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: "hold" }
  | { readonly kind: "echo" };

const slowChunkBytes = 32;

export function parseCommand(text: string): Command {
  if (text === "message" || text === "hold") return { kind: text };
  const chunks = /^(stream|slow):(\d+):(\d+)$/.exec(text);
  if (chunks === null) return { kind: "echo" };
  const count = Number(chunks[2]);
  const last = Number(chunks[3]);
  return chunks[1] === "stream"
    ? { kind: "chunks", count, bytes: last, everyMs: 0 }
    : { kind: "chunks", count, bytes: slowChunkBytes, everyMs: last };
}

/** Chunk `index` of a stream: its number and a colon, padded with `x` to exactly `bytes` characters. */
export function chunkText(index: number, bytes: number): string {
  return `${index}:`.padEnd(bytes, "x");
}
