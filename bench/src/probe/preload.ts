/**
 * Preloaded (`node --import`) into every benched Node server alike: answers each line on the unix
 * socket `$BENCH_PROBE_DIR/<pid>.sock` with the process's CPU time, resident set and, for the line
 * "gc", the heap in use after a full collection. It listens without keeping the process alive.
 */
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Sample } from "./sample.js";

const directory = process.env.BENCH_PROBE_DIR;
if (directory !== undefined) {
  mkdirSync(directory, { recursive: true });
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const server = createServer((socket) => {
    socket.unref();
    socket.setEncoding("utf8").on("data", (line: string) => {
      if (line.startsWith("gc")) collect();
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      const sample: Sample = { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed };
      socket.write(`${JSON.stringify(sample)}\n`);
    });
  });
  server.listen(`${directory}/${process.pid}.sock`).unref();
}
