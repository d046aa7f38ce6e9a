/** Nodes are asked to end while they work: whoever was let in is served, and what is unfinished goes on elsewhere. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SendMessageResponse } from "@parley/a2a/client";
import type { Fault } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { complete, journalOf, shown } from "../rig/journal.js";
import { Load } from "../rig/load.js";
import { sendRequest } from "../rig/requests.js";
import { call } from "../rig/wire.js";

const work = { lines: 20, pauseMillis: 30 };
const exitLimit = 30_000;

export const drain: Fault = {
  name: "drain",
  promise: "drain",
  target: "50 SIGTERMs under load: 0 failed accepted requests, exit in 30 s",
  broken: ["ends at once when it is asked to"],
  async run(scene) {
    const signals = scene.size(50, 4);
    const drainMillis = scene.size(10_000, 2000);
    const effects = join(await scene.folder(), "effects");
    const cluster = await startCluster(scene, { bus: "NATS", leaseMillis: 3000, drainMillis, effects });
    const { truth } = cluster;
    const nodes = [...cluster.nodes];
    /** A plain load balancer that has not yet heard of it may well ask a node that is on its way out. */
    const port = () => scene.random.pick(nodes).port;
    const load = new Load({ clients: 16, work, port, patienceMillis: scene.broken ? 10_000 : 60_000 });
    const calls: Calls = { answered: 0, refused: 0, brokenOff: [] };
    const wrong: string[] = [];
    let ending = false;
    async function caller(): Promise<void> {
      while (!ending) {
        const failure = await blockingCall(port(), calls);
        if (failure) wrong.push(failure);
        if (failure) await sleep(50);
      }
    }
    const callers = Promise.all(Array.from({ length: 16 }, caller));
    let slowest = 0;
    for (let i = 0; i < signals; i++) {
      await sleep(scene.random.between(200, 800));
      const leaving = nodes[i % nodes.length];
      if (leaving === undefined) break;
      const began = performance.now();
      leaving.terminate();
      await leaving.gone();
      slowest = Math.max(slowest, performance.now() - began);
      nodes[i % nodes.length] = await cluster.start(leaving.name, leaving.port);
      if (i % 10 === 9) scene.say(`${i + 1} SIGTERMs, ${calls.answered} calls answered`);
    }
    ending = true;
    await Promise.all([load.end(), callers]);
    wrong.push(...load.wrong);
    for (const { taskId = "", events } of load.readers) {
      const journal = await journalOf(truth, taskId);
      wrong.push(...complete(taskId, journal, work.lines), ...shown(taskId, journal, events));
    }
    const runs = new Set((await readFile(effects, "utf8")).split(/\s/));
    for (const id of calls.brokenOff)
      if (runs.has(id)) wrong.push(`the call of ${id} was let in and broke off`);
    if (slowest > exitLimit) wrong.push(`a node took ${Math.round(slowest)} ms to end`);
    const { answered, refused, brokenOff } = calls;
    const figures = {
      signals,
      answered,
      refused,
      "broken off unread": brokenOff.length,
      streams: load.readers.length,
      "slowest exit ms": Math.round(slowest),
    };
    return { figures, wrong };
  },
};

interface Calls {
  answered: number;
  /** Told to go elsewhere, or nobody listened. */
  refused: number;
  /** Messages whose connection broke: nobody can tell from outside whether they were let in. */
  readonly brokenOff: string[];
}

/** A call that waits for its task. @returns how it failed */
async function blockingCall(port: number, calls: Calls): Promise<string | undefined> {
  const request = sendRequest(work);
  try {
    const { status, body } = await call(port, "POST", "/message:send", request, { fresh: true });
    if (status === 503) calls.refused++;
    if (status === 503) return undefined;
    const { task } = JSON.parse(body) as SendMessageResponse;
    if (task?.status.state !== "TASK_STATE_COMPLETED") return `a call was answered ${status} ${body}`;
    calls.answered++;
  } catch (error) {
    if (error instanceof Error && "syscall" in error && error.syscall === "connect") calls.refused++;
    else calls.brokenOff.push(request.message.messageId);
    await sleep(20);
  }
  return undefined;
}
