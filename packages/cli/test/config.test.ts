import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveConfig, withoutPassword } from "../src/config/index.js";
import { Diagnostics } from "../src/output/index.js";
import { folder, parley } from "./harness.js";
import { task, wireAgent } from "./wire-agent.js";

interface Shown {
  readonly name: string;
  readonly value: unknown;
  readonly source: string;
  readonly from?: string;
}

async function shown(
  name: string,
  args: string[],
  options: Parameters<typeof parley>[1],
): Promise<Shown | undefined> {
  const { document } = await parley(["config", "show", "-o", "json", ...args], options);
  return (document()["settings"] as Shown[]).find((setting) => setting.name === name);
}

/** A home with the global file, and a project with a local one, two levels below which we work. */
function places() {
  const home = folder();
  const project = folder();
  const cwd = join(project, "deep", "down");
  mkdirSync(join(home, ".config", "a2a-cli"), { recursive: true });
  mkdirSync(cwd, { recursive: true });
  const global = join(home, ".config", "a2a-cli", ".env");
  const local = join(project, ".env");
  return { home, cwd, global, local, project };
}

describe("configuration", () => {
  it("resolves flag, environment, local file, global file and default in this order", async () => {
    const { home, cwd, global, local } = places();
    const args = ["--poll-interval", "1s"];
    const env: Record<string, string> = { HOME: home, A2ACLI_POLL_INTERVAL: "2m" };
    writeFileSync(local, "A2ACLI_POLL_INTERVAL=3s\n");
    writeFileSync(global, "A2ACLI_POLL_INTERVAL=4s\nA2ACLI_TIMEOUT=9s\n");
    expect(await shown("poll-interval", args, { env, cwd })).toMatchObject({ value: "1s", source: "flag" });
    expect(await shown("poll-interval", [], { env, cwd })).toMatchObject({
      value: "120s",
      source: "environment",
      from: "A2ACLI_POLL_INTERVAL",
    });
    expect(await shown("poll-interval", [], { env: { HOME: home }, cwd })).toMatchObject({
      value: "3s",
      from: local,
    });
    expect(await shown("timeout", [], { env: { HOME: home }, cwd })).toMatchObject({
      value: "9s",
      from: global,
    });
    expect(await shown("output", ["-o", "json"], { env: {}, cwd: folder() })).toMatchObject({
      source: "flag",
    });
    expect(await shown("dir", [], { env: {}, cwd: folder() })).toMatchObject({
      value: ".",
      source: "default",
    });
  });

  it("reads the file of --config in place of the local one, so that settings go with an agent", async () => {
    const { home, cwd, global, local, project } = places();
    writeFileSync(local, "A2ACLI_AGENT_CARD=https://local.example\n");
    writeFileSync(global, "A2ACLI_OUTPUT=json\n");
    writeFileSync(
      join(project, "agent.env"),
      'export A2ACLI_AGENT_CARD="https://special.example" # the other one\n',
    );
    const flag = ["--config", join(project, "agent.env")];
    expect(await shown("agent-card", flag, { env: { HOME: home }, cwd })).toMatchObject({
      value: "https://special.example",
      from: join(project, "agent.env"),
    });
    expect(await shown("output", flag, { env: { HOME: home }, cwd })).toMatchObject({ value: "json" });
    expect((await parley(["config", "show", "--config", "none.env"])).code).toBe(2);
  });

  it("lets a flag take back what the environment switched on", async () => {
    const env = { A2ACLI_VERBOSE: "true", A2ACLI_INSECURE: "1" };
    expect(await shown("verbose", ["--no-verbose"], { env })).toMatchObject({ value: false, source: "flag" });
    expect(await shown("insecure", ["--no-insecure"], { env })).toMatchObject({
      value: false,
      source: "flag",
    });
    const agent = await wireAgent({ answer: () => ({ result: { task: task("TASK_STATE_COMPLETED") } }) });
    const waits = await parley(["send", "-a", agent.url, "--wait", "x"], { env: { A2ACLI_ASYNC: "true" } });
    expect(waits.code).toBe(1);
    expect(agent.asked[0]?.operation).toBe("SendStreamingMessage");
    expect((await parley(["send", "-a", agent.url, "x"], { env: { A2ACLI_ASYNC: "true" } })).code).toBe(0);
  });

  it("shows one setting per line with its source, and secrets only as being there", async () => {
    const { stdout } = await parley(["config", "show", "--svc-param", "x-key:hush"], {
      env: { A2ACLI_BEARER: "s3cret", A2ACLI_TRANSPORT: "HTTP+JSON, JSONRPC" },
    });
    expect(stdout).toContain("bearer: (hidden) [environment A2ACLI_BEARER]\n");
    expect(stdout).toContain("svc-param: (hidden) [flag]\n");
    expect(stdout).toContain('transport: ["HTTP+JSON","JSONRPC"] [environment A2ACLI_TRANSPORT]\n');
    expect(stdout).toContain("output: text [default]\n");
    expect(stdout).not.toMatch(/s3cret|hush/);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .every((line) => /^[a-z0-9-]+: .+ \[.+\]$/.test(line)),
    ).toBe(true);
  });

  it("warns about a credential in a file that others can read, and about settings nobody knows", async () => {
    const { home, cwd, local } = places();
    writeFileSync(local, "A2ACLI_BEARER=s3cret\nA2ACLI_AGENTCARD=x\nOTHER=1\n", { mode: 0o644 });
    const { stderr } = await parley(["config", "show"], { env: { HOME: home }, cwd });
    expect(stderr).toContain(`Warning: ${local} holds A2ACLI_BEARER and others can read it; run: chmod 600`);
    expect(stderr).toContain("Warning: A2ACLI_AGENTCARD");
    expect(stderr).not.toContain("OTHER");
    chmodSync(local, 0o600);
    expect((await parley(["config", "show"], { env: { HOME: home }, cwd })).stderr).not.toContain("chmod");
  });

  it("names the variable or file of a value that makes no sense", async () => {
    const bad = await parley(["config", "show"], { env: { A2ACLI_POLL_INTERVAL: "soon" } });
    expect(bad).toMatchObject({ code: 2 });
    expect(bad.stderr).toContain('A2ACLI_POLL_INTERVAL: "soon" is not a duration');
    expect((await parley(["config", "show", "--metadata", "[1]"])).stderr).toContain(
      "expected a JSON object",
    );
  });

  it("does not ask of a command what another one's variables say", async () => {
    const agent = await wireAgent();
    const env = { PORT: "tcp://10.0.0.1:80", GRPC_PORT: "x", PARLEY_DRAIN: "soon" };
    expect((await parley(["card", "get", "-a", agent.url], { env })).code).toBe(0);
    expect((await parley(["serve", "none.ts"], { env })).stderr).toContain('PORT: "tcp://10.0.0.1:80"');
    expect((await parley(["config", "show"], { env })).stderr).toContain('PORT: "tcp://10.0.0.1:80"');
  });

  it("says which line of a file says nothing", async () => {
    const { home, cwd, local, project } = places();
    writeFileSync(local, "# ours and others'\nOTHER thing\nA2ACLI_OUTPUT json\nA2ACLI_TIMEOUT: 5s\n");
    const found = await parley(["config", "show"], { env: { HOME: home }, cwd });
    expect(found.stderr).toBe(`Warning: ${local}, line 3: expected A2ACLI_<OPTION>=value\n`);
    const json = join(project, "settings.json");
    writeFileSync(json, '\n{ "output": "json" }\n');
    const named = await parley(["config", "show", "--config", json], { env: { HOME: home }, cwd });
    expect(named.stderr).toBe(`Warning: ${json}, line 2: expected A2ACLI_<OPTION>=value\n`);
    const none = await parley(["config", "show", "--config", project], { env: { HOME: home }, cwd });
    expect(none.stderr).toContain("cannot be read (it is a folder)");
  });

  it("leaves nothing behind: two runs know nothing of each other", async () => {
    const agent = await wireAgent({ answer: () => ({ result: { task: task("TASK_STATE_WORKING") } }) });
    const home = folder();
    const cwd = folder();
    for (let run = 0; run < 2; run++)
      await parley(["send", "--async", "-a", agent.url, "x"], { env: { HOME: home }, cwd });
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(cwd)).toEqual([]);
    for (const { params } of agent.asked)
      expect(Object.keys(params["message"] as object)).toEqual(["messageId", "role", "parts"]);
    expect((await parley(["send", "--continue", "x"])).code).toBe(2);
  });
});

describe("passwords in URLs", () => {
  it.each([
    ["postgres://me:s3cret@db/tasks", "postgres://me@db/tasks"],
    ["postgres://me:s3c/ret@1@db/tasks", "postgres://me@db/tasks"],
    [
      "postgres://db/tasks?user=me&password=s3cret&sslmode=require",
      "postgres://db/tasks?user=me&password=…&sslmode=require",
    ],
    ["nats://me:s3cret@a:4222,nats://me:s3cret2@b:4222", "nats://me@a:4222,nats://me@b:4222"],
    ["nats://t0ken@a:4222", "nats://@a:4222"],
    ["https://me:s3cret@agent.example/a@b", "https://me@agent.example/a@b"],
    ["https://agent.example:8443/a@b", "https://agent.example:8443/a@b"],
    ["postgres://me@db/tasks", "postgres://me@db/tasks"],
    ["tasks.db", "tasks.db"],
  ])("of %s are not shown, nor in diagnostics", (value, shown) => {
    expect(withoutPassword(value)).toBe(shown);
    const config = resolveConfig({ store: value }, { env: { HOME: folder() }, cwd: folder() });
    const said = new Diagnostics({ write() {} }, false, config.secrets()).redact(`cannot reach ${value}`);
    expect(said).not.toMatch(/s3c|ret@|t0ken/);
  });
});
