/** Five times as much work comes as the limits let in: what is let in is done in time, the rest is refused at once. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.js";
import { sendRequest } from "../rig/requests.js";
import { call } from "../rig/wire.js";

const slots = 20;
const work = { lines: 4, pauseMillis: 0, backendMillis: 100 };
/** Clients do not wait longer. */
const patienceMillis = 4000;

interface Tally {
  /** Tasks that were done while their client waited. */
  good: number;
  /** How long refusals took, in milliseconds. */
  readonly refusals: number[];
  readonly unclear: string[];
}

export const overload: Fault = {
  name: "overload",
  promise: "overload",
  target: "5 × the capacity for 2 minutes: at least 80 % of peak goodput, excess refused fast, no growth",
  broken: ["takes all there is"],
  async run(scene) {
    const seconds = scene.size(120, 10);
    const node = await scene.node({
      name: "A",
      store: join(await scene.folder(), "tasks.db"),
      backendSlots: slots,
      limits: { runningTasks: slots, queuedTasks: slots },
    });
    const peakSeconds = scene.size(20, 5);
    const peak = await offer(node.port, capacity, peakSeconds);
    scene.say(`at capacity: ${peak.good / peakSeconds} tasks a second`);
    const before = await memoryOf(node.pid);
    const tally = await offer(node.port, 5 * capacity, seconds);
    const after = await memoryOf(node.pid);
    const share = tally.good / seconds / (peak.good / peakSeconds);
    const refusals = tally.refusals.toSorted((a, b) => a - b);
    const slow = Math.round(refusals[Math.floor(refusals.length * 0.95)] ?? 0);
    const wrong = [...peak.unclear, ...tally.unclear].slice(0, 10);
    if (share < 0.8) wrong.push(`goodput fell to ${Math.round(share * 100)} % of its peak`);
    if (refusals.length < tally.good) wrong.push(`only ${refusals.length} messages were refused`);
    if (slow > 500) wrong.push(`the 95th percentile of refusals took ${slow} ms`);
    if (after > before + 100) wrong.push(`the node grew from ${before} MB to ${after} MB`);
    return {
      figures: {
        "peak per s": Math.round(peak.good / peakSeconds),
        "of it under load": `${Math.round(share * 100)} %`,
        refused: refusals.length,
        "refused within ms (p95)": slow,
        "grew by MB": after - before,
      },
      wrong,
    };
  },
};

/** Tasks a second. */
const capacity = (slots * 1000) / (work.lines * work.backendMillis);

/** Sends so many messages a second, whether they are answered or not. */
async function offer(port: number, perSecond: number, seconds: number): Promise<Tally> {
  const tally: Tally = { good: 0, refusals: [], unclear: [] };
  const began = performance.now();
  const underWay: Promise<void>[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const wait = began + (sent * 1000) / perSecond - performance.now();
    if (wait > 1) await sleep(wait);
    underWay.push(send(port, tally));
  }
  await Promise.all(underWay);
  return tally;
}

async function send(port: number, tally: Tally): Promise<void> {
  const began = performance.now();
  try {
    const options = { timeoutMillis: patienceMillis };
    const { status, body, headers } = await call(port, "POST", "/message:send", sendRequest(work), options);
    if (status === 200) tally.good++;
    else if (status === 503 && Number(headers["retry-after"]) > 0)
      tally.refusals.push(performance.now() - began);
    else tally.unclear.push(`${status} ${body}`);
  } catch {
    // The client has given up.
  }
}

/** What a process takes, in megabytes. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
