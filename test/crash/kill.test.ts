/** An agent on the SQLite store is killed fifty times in the middle of its work: it keeps what it has said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { audit, running } from "./audit.js";
import { Ledger } from "./ledger.js";
import { load } from "./load.js";
import { ServerProcess } from "./server-process.js";
import { Wire } from "./wire.js";

const kills = 50;
const clients = 64;

const folder = mkdtempSync(join(tmpdir(), "parley-crash-"));
const file = join(folder, "tasks.db");
let server: ServerProcess | undefined;
afterEach(async () => {
  await server?.kill();
  rmSync(folder, { recursive: true });
});

let port = 0;
/** Starts the agent on the file and the port that it had. */
async function start(): Promise<Wire> {
  server = new ServerProcess(file, port);
  const url = await server.ready();
  port = Number(new URL(url).port);
  return new Wire(url);
}

/** Resolves at a random point of the work. */
async function busy(ledger: Ledger): Promise<void> {
  const enough = ledger.size + 100 + Math.random() * 600;
  while (ledger.size < enough) await sleep(5);
  await sleep(Math.random() * 20);
}

test("whatever was answered is still there, as it was answered", { timeout: 180_000 }, async () => {
  const ledger = new Ledger();
  for (let kill = 1; kill <= kills; kill++) {
    const wire = await start();
    expect(await running(wire)).toBe(0);
    const working = load(wire, ledger, clients);
    await Promise.race([working, busy(ledger)]);
    expect(wire.inFlight).toBeGreaterThanOrEqual(50);
    await server?.kill();
    await working;
    if (kill % 5 > 0) continue;
    // Recovery dies as well.
    server = new ServerProcess(file, port);
    await sleep(Math.random() * 250);
    await server.kill();
  }

  const wire = await start();
  expect(await running(wire)).toBe(0);
  expect(ledger.size).toBeGreaterThan(kills * 100);
  expect(await audit(wire, ledger)).toEqual([]);
});
