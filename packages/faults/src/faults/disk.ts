/** The volume of a SQLite store is full for a while: what cannot be kept is refused, and said to be. */
import { execFile } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { sqlite } from "@parley/a2a/sqlite";
import { type Fault, Unable } from "../fault.js";
import { auditLoad, recovered, tooSlow } from "../rig/audit.js";
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
    const fills = scene.size(10, 2);
    for (let fill = 1; fill <= fills; fill++) {
      await sleep(1000);
      const filler = await fillUp(volume);
      const before = load.refused;
      const until = Date.now() + 20_000;
      while (load.refused < before + 50 && load.working && Date.now() < until) await sleep(10);
      const { status, body } = await call(port, "POST", "/message:send", sendRequest(work));
      if (status !== 503 || !body.includes("UNAVAILABLE"))
        unclear.push(`with the disk full: ${status} ${body}`);
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
      const slowest = Math.round(Math.max(...recoveries));
      const figures = {
        fills,
        tasks: load.readers.length,
        ...ends,
        refused: load.refused,
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
