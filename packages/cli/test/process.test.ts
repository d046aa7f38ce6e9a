import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folder } from "./harness.js";
import { status, task, wireAgent } from "./wire-agent.js";

const bin = fileURLToPath(new URL("../bin/parley.js", import.meta.url));

const start = (...args: string[]) => {
  const home = folder();
  return spawn(process.execPath, [bin, ...args], { cwd: home, env: { ...process.env, HOME: home } });
};

describe("the program", () => {
  it("exits with the status of the run", () => {
    const exit = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { cwd: folder() }).status;
    expect(exit("--version")).toBe(0);
    expect(exit("--nope")).toBe(2);
    expect(exit("card", "get", "-a", "http://127.0.0.1:9")).toBe(3);
  });

  it("ends with the command, though a module goes on by itself", async () => {
    const cwd = folder();
    writeFileSync(
      join(cwd, "server.mjs"),
      'import { createServer } from "node:http"; createServer().listen(0);',
    );
    const child = start("serve", join(cwd, "server.mjs"));
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [exit] = await once(child, "close");
    expect(stderr).toContain("exports no agent");
    expect(exit).toBe(2);
  });

  it("writes the whole of a large answer before it ends", async () => {
    const large = task("TASK_STATE_COMPLETED", {
      artifacts: [{ artifactId: "a", parts: [{ text: "x".repeat(3_000_000) }] }],
    });
    const agent = await wireAgent({ answer: () => ({ result: large }) });
    const child = start("task", "get", "-a", agent.url, "-o", "json", "t-1");
    let stdout = "";
    for await (const chunk of child.stdout) stdout += chunk;
    expect(JSON.parse(stdout)).toEqual(large);
  });

  it("stops on SIGINT with status 130, having said which task goes on", async () => {
    const agent = await wireAgent({
      answer: ({ operation }) =>
        operation === "SendStreamingMessage"
          ? { events: [{ task: task("TASK_STATE_WORKING") }], finish: "hang" }
          : { result: task("TASK_STATE_WORKING") },
    });
    const child = start("send", "-a", agent.url, "x");
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      if (!stderr.includes("WORKING") && `${stderr}${chunk}`.includes("WORKING")) child.kill("SIGINT");
      stderr += chunk;
    });
    const [exit] = await once(child, "close");
    expect(exit).toBe(130);
    expect(stderr).toContain(`parley task get -a ${agent.url} --wait t-1`);
  });

  it("stops on SIGINT while it waits for input, and while an agent starts", async () => {
    const cwd = folder();
    writeFileSync(
      join(cwd, "late.mjs"),
      "console.log('loading'); await new Promise((go) => setTimeout(go, 60_000));",
    );
    writeFileSync(join(cwd, "warns.env"), "A2ACLI_NOPE=1\n");
    const waiting = start("send", "-a", "http://127.0.0.1:9", "--config", join(cwd, "warns.env"), "-");
    const loading = start("serve", join(cwd, "late.mjs"));
    await Promise.all([once(waiting.stderr, "data"), once(loading.stdout, "data")]);
    for (const child of [waiting, loading]) {
      const closed = once(child, "close");
      child.kill("SIGINT");
      expect(await closed).toEqual([130, null]);
    }
  });

  it("ends quietly when the reader of its output leaves", async () => {
    const many = Array.from({ length: 2000 }, () => status("TASK_STATE_WORKING", "x".repeat(500)));
    const agent = await wireAgent({
      answer: () => ({ events: [{ task: task("TASK_STATE_WORKING") }, ...many], finish: "hang" }),
    });
    const child = start("send", "--stream", "-a", agent.url, "x");
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const [exit] = await once(child, "close");
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  });

  it("goes on when nobody reads its progress", async () => {
    const agent = await wireAgent({ answer: () => ({ result: task("TASK_STATE_COMPLETED") }) });
    const child = start("task", "get", "--wait", "-a", agent.url, "-o", "json", "t-1");
    child.stderr.destroy();
    let stdout = "";
    for await (const chunk of child.stdout) stdout += chunk;
    expect(JSON.parse(stdout)).toEqual(task("TASK_STATE_COMPLETED"));
    expect(child.exitCode ?? (await once(child, "close"))[0]).toBe(0);
  });

  it.runIf(existsSync("/dev/full"))("does not call it a success when its output cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const { status: exit, stderr } = spawnSync(process.execPath, [bin, "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect([exit, stderr]).toEqual([1, expect.stringContaining("stdout cannot be written: ENOSPC")]);
  });
});
