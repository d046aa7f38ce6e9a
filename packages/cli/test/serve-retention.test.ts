/** How long `parley serve` keeps tasks that have ended. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { echoModule, folder, parley } from "./harness.js";
import { onlineWith } from "./online.js";

it("serve keeps as many tasks as it is told", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), echoModule);
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
  writeFileSync(join(cwd, "agent.ts"), echoModule);
  const serve = (...args: string[]) => parley(["serve", join(cwd, "agent.ts"), ...args]);
  for (const args of [
    ["--sweep-every", "1m"],
    ["--sweep-every", "0", "--keep-per-owner", "1"],
  ]) {
    const { code, stderr } = await serve(...args);
    expect([code, stderr.includes("--sweep-every")]).toEqual([2, true]);
  }
});

const policies = `
# of these two
acme    keep-per-owner=all expire-after=30d
globex  expire-after=0 compact-after=never
`;

it("serve keeps as many tasks of a tenant as its file says", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), echoModule);
  writeFileSync(join(cwd, "tenants"), policies);
  const env = { PARLEY_TENANT_RETENTION: "tenants" };
  const flags = ["--grpc-port", "off", "--sweep-every", "20ms", "--keep-per-owner", "1"];
  const { url, stop } = await onlineWith(env, cwd, "agent.ts", ...flags);
  const headers = { "a2a-version": "1.0", "content-type": "application/json" };
  const at = (tenant: string) => (tenant === "" ? url : `${url}/${tenant}`);
  const tenants = ["acme", "globex", "initech", ""];
  for (const tenant of tenants)
    for (const messageId of ["1", "2"])
      await fetch(`${at(tenant)}/message:send`, {
        method: "POST",
        headers,
        body: JSON.stringify({ message: { messageId, role: "ROLE_USER", parts: [{ text: "x" }] } }),
      });
  const left = () =>
    Promise.all(
      tenants.map(async (tenant) => {
        const response = await fetch(`${at(tenant)}/tasks`, { headers });
        return ((await response.json()) as { totalSize: number }).totalSize;
      }),
    );
  await expect.poll(left, { timeout: 10_000 }).toEqual([2, 0, 1, 1]);
  expect(await stop("SIGTERM")).toBe(0);
});

it("serve says what is wrong with a tenant's line", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), echoModule);
  for (const [text, said] of [
    ["# nobody", "holds no tenants"],
    ["acme expire-after=1h\nacme", "line 2: acme was there before"],
    ["acme expire=1h", 'line 1: expected compact-after=, expire-after=, keep-per-owner=, got "expire=1h"'],
    ["acme expire-after=all", 'line 1: expire-after: "all" is not a duration'],
    ["acme keep-per-owner=", 'line 1: keep-per-owner: "" is not a whole number'],
  ] as const) {
    writeFileSync(join(cwd, "tenants"), text);
    const { code, stderr } = await parley(["serve", "agent.ts", "--tenant-retention", "tenants"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  }
});
