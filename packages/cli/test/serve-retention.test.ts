/** How long `parley serve` keeps tasks that have ended. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folder, parley } from "./harness.js";
import { onlineWith } from "./online.js";

const module = `
import { artifact, defineAgent } from "@parley/a2a";
export default defineAgent({
  card: { name: "Echo", description: "Says it again", version: "1" },
  async *execute({ text }) {
    yield artifact("echo", text);
  },
});`;

it("serve keeps as many tasks as it is told", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), module);
  const env = { PARLEY_KEEP_PER_OWNER: "2", PARLEY_EXPIRE_AFTER: "1h" };
  const { url, stop } = await onlineWith(env, cwd, "agent.ts", "--grpc-port", "off", "--sweep-every", "20ms");
  const list = async () =>
    (await parley(["task", "list", "-a", url, "-o", "json"])).document()["tasks"] as { id: string }[];
  const ids: string[] = [];
  for (const text of ["one", "two", "three", "four"]) {
    const { id } = (await parley(["send", text, "-a", url, "-o", "json"])).document()["task"] as {
      id: string;
    };
    ids.unshift(id);
  }
  await expect
    .poll(async () => (await list()).map(({ id }) => id), { timeout: 10_000 })
    .toEqual(ids.slice(0, 2));
  expect((await parley(["task", "get", ids[3] as string, "-a", url])).stderr).toContain("TaskNotFoundError");
  expect(await stop("SIGTERM")).toBe(0);
});

it("serve says which settings make no sense", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), module);
  const serve = (...args: string[]) => parley(["serve", join(cwd, "agent.ts"), ...args]);
  for (const args of [
    ["--sweep-every", "1m"],
    ["--sweep-every", "0", "--keep-per-owner", "1"],
  ]) {
    const { code, stderr } = await serve(...args);
    expect([code, stderr.includes("--sweep-every")]).toEqual([2, true]);
  }
});
