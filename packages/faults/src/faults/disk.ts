/** The volume of a SQLite store is full for a while: what cannot be kept is refused, and said to be. */
import { execFile } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { SendMessageResponse } from "@parley/a2a/client";
import { sqlite } from "@parley/a2a/sqlite";
import { type Fault, Unable } from "../fault.js";
import { auditLoad, recovered, tooSlow } from "../rig/audit.js";
import { endedOnce, journalOf } from "../rig/journal.js";
import { Load } from "../rig/load.js";
import { sendRequest } from "../rig/requests.js";
import type { Scene } from "../rig/scene.js";
import { call } from "../rig/wire.js";

const run = promisify(execFile);
const work = { lines: 20, pauseMillis: 10, width: 500 };

export const disk: Fault = {
  name: "disk-full",
  promise: "disk full",
  target: "no space left on the SQLite volume: no false acknowledgement, clear errors, recovers",
  broken: ["acknowledges what was not committed"],
  async run(scene) {
    const volume = await mountSmall(scene);
    const store = join(volume, "tasks.db");
    let node = await scene.node({ name: "A", store });
    const { port } = node;
    const load = new Load({
      clients: 16,
      work,
      port: () => port,
      patienceMillis: scene.broken ? 8000 : 60_000,
    });
    const recoveries: number[] = [];
    const unclear: string[] = [];
    const acknowledged: string[] = [];
    let refusals = 0;
    const fills = scene.size(10, 2);
    for (let fill = 1; fill <= fills; fill++) {
      await sleep(1000);
      const filler = await fillUp(volume);
      const until = Date.now() + 20_000;
      for (let refused = 0; refused < 20 && Date.now() < until; ) {
        const answer = await call(
          port,
          "POST",
          "/message:send",
          sendRequest(work, { returnImmediately: true }),
        );
        if (answer.status === 200)
          acknowledged.push((JSON.parse(answer.body) as SendMessageResponse).task?.id ?? "");
        else if (answer.status === 503 && answer.body.includes("UNAVAILABLE")) refused++;
        else unclear.push(`with the disk full: ${answer.status} ${answer.body}`);
        if (refused === 20) refusals += refused;
        await sleep(20);
      }
      await rm(filler);
      recoveries.push(await recovered(load));
    }
    await load.end();
    // What was kept is there for the next process too.
    await node.kill();
    node = await scene.node({ name: "A", store, port });
    await node.kill();
    const truth = sqlite(store);
    await truth.open();
    try {
      const { ends, wrong } = await auditLoad(load, truth);
      for (const id of acknowledged) wrong.push(...endedOnce(id, await journalOf(truth, id)));
      if (refusals < 20 * fills) wrong.push("the disk was never full");
      const slowest = Math.round(Math.max(...recoveries));
      const figures = {
        fills,
        tasks: load.readers.length,
        ...ends,
        refused: load.refused + refusals,
        "back within ms": slowest,
      };
      return { figures, wrong: [...wrong, ...unclear, ...tooSlow(recoveries)] };
    } finally {
      await truth.close();
    }
  },
};

/** @throws Unable when this user may not mount */
async function mountSmall(scene: Scene): Promise<string> {
  const volume = join(await scene.folder(), "volume");
  await mkdir(volume);
  await run("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", volume]).catch((error: Error) => {
    throw new Unable(`a small volume cannot be mounted, which only root may: ${error.message.trim()}`);
  });
  scene.atEnd(() => run("umount", ["--lazy", volume]));
  return volume;
}

/** Leaves nothing but a few pages. @returns the file that takes all the space */
async function fillUp(volume: string): Promise<string> {
  const path = join(volume, "filler");
  const filler = await open(path, "w");
  const block = Buffer.alloc(1024 * 1024);
  try {
    for (;;) await filler.write(block);
  } catch {
    const { size } = await filler.stat();
    await filler.truncate(Math.max(0, size - 64 * 1024));
    return path;
  } finally {
    await filler.close();
  }
}
