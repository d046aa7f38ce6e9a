/**
 * What every benched server speaks: the start contract (environment in, one ready line out) and the
 * commands a message's text may hold. Used by the floor, the @a2a-js/sdk server and the Parley agent.
 */
import { writeSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a started server listens; `card` is the whole URL of the agent card. */
export interface Endpoints {
  readonly jsonrpc: string;
  readonly rest: string;
  readonly card: string;
}

export type Variant = "memory" | "sqlite";

/** The part of the environment that servers read. */
export function startOptions(): { variant: Variant; dataDir: string } {
  const { BENCH_VARIANT = "memory", BENCH_DATA_DIR = "." } = process.env;
  if (BENCH_VARIANT !== "memory" && BENCH_VARIANT !== "sqlite") {
    throw new Error(`BENCH_VARIANT "${BENCH_VARIANT}" is not supported: memory or sqlite`);
  }
  return { variant: BENCH_VARIANT, dataDir: BENCH_DATA_DIR };
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
