/** What operators set: callers, webhooks, keys, leases, migrations. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { webhookReceiver } from "@parley/a2a/webhooks";
import { startPostgres } from "@parley/servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeWith } from "../../../test/with-server.js";
import { defaultSchedule } from "../../a2a/src/push/schedule.js";
import { type Flags, resolveConfig } from "../src/config/index.js";
import { loadAgent } from "../src/serve/load-agent.js";
import { toOutgoing } from "../src/serve/outgoing.js";
import { toStore } from "../src/serve/store.js";
import { toWebhooks } from "../src/serve/webhooks.js";
import { echoModule, folder, parley, plainModule } from "./harness.js";
import { online, onlineWith } from "./online.js";

/** A folder with agents and these files. */
function place(files: Readonly<Record<string, string>> = {}): string {
  const cwd = folder();
  for (const [name, text] of Object.entries({ "agent.ts": echoModule, "plain.ts": plainModule, ...files }))
    writeFileSync(join(cwd, name), text);
  return cwd;
}

const key = () => randomBytes(32).toString("base64");
const jwk = () => generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });

function settings(flags: Flags, cwd = folder(), env: Record<string, string> = {}) {
  const never = new AbortController().signal;
  const stream = { write() {} };
  const io = {
    stdout: stream,
    stderr: stream,
    stdin: [] as never,
    env: { HOME: cwd, ...env },
    cwd,
    signal: never,
  };
  return { config: resolveConfig(flags, io), io };
}

describe("serve: settings", () => {
  it("says which of them make no sense, and nothing of a secret", async () => {
    const cwd = place({
      empty: "# nothing\n",
      "public.json": JSON.stringify({ keys: [{ ...jwk(), d: undefined }] }),
      "short.key": "c2VjcmV0\n",
      "three.keys": "a b c\n",
    });
    for (const [args, said] of [
      [["--webhook-schedule", "5s,soon"], '--webhook-schedule: "soon" is not a duration'],
      [["--webhook-timeout", "0"], "--webhook-timeout must be more than 0"],
      [["--webhook-signing-keys", "none"], "none cannot be read"],
      [["--webhook-signing-keys", "agent.ts"], "something else than private Ed25519 keys"],
      [["--webhook-signing-keys", "public.json"], "something else than private Ed25519 keys"],
      [["--encryption-key-file", "empty"], "holds no keys"],
      [["--encryption-key-file", "short.key"], "key 1 is not 32 bytes in base64"],
      [["--encryption-keys", key(), "--encryption-keys", "c2VjcmV0"], "key 2 is not 32 bytes"],
      [["--encryption-keys", key(), "--encryption-key-file", "short.key"], "contradict each other"],
      [["--api-key-file", "empty"], "holds no keys"],
      [["--api-key-file", "three.keys"], 'three.keys, line 1: expected "key principal"'],
      [["--api-key-file", "short.key", "--api-key-header", "a b"], "Not a name for a header"],
      [["--lease", "5s", "--store", "tasks.db"], "--lease is for nodes that share a store"],
      [["--lease", "10ms", "--store", "postgres://127.0.0.1:1/x"], "--lease: a node needs a second"],
      [["--allow-private", "10.0.0.0/8,a b"], "--allow-private: Not a host name: a b"],
      [["--egress-proxy", "socks5://proxy:1080"], "--egress-proxy: A proxy is named by an http URL"],
      [["--idempotency", "taskId"], '"taskId" is not one of off, messageId'],
    ] as const) {
      const { code, stderr } = await parley(["serve", "plain.ts", ...args], { cwd });
      expect(stderr).toContain(said);
      expect(stderr).not.toContain("c2VjcmV0");
      expect(code).toBe(2);
    }
  });

  it("become options of the server", async () => {
    const one = jwk();
    const cwd = place({ "one.json": JSON.stringify(one), keys: `${key()} # old\n${key()}\n` });
    const unset = settings({});
    expect(await toWebhooks(unset.config, unset.io)).toEqual({
      schedule: defaultSchedule,
      timeoutMs: 15_000,
      signingKeys: [],
      encryptionKeys: [],
    });
    const set = settings(
      {
        "webhook-schedule": "100ms, 1m30s",
        "webhook-signing-keys": "one.json",
        "encryption-key-file": "keys",
      },
      cwd,
      { PARLEY_WEBHOOK_TIMEOUT: "20s" },
    );
    const webhooks = await toWebhooks(set.config, set.io);
    expect(webhooks).toMatchObject({ schedule: [100, 90_000], timeoutMs: 20_000, signingKeys: [one] });
    expect(webhooks.encryptionKeys?.map((each) => each.length)).toEqual([44, 44]);
    const given = settings({ "webhook-schedule": "off" }, cwd, {
      PARLEY_ENCRYPTION_KEYS: `${key()},${key()}`,
    });
    const { schedule, encryptionKeys } = await toWebhooks(given.config, given.io);
    expect([schedule, encryptionKeys?.length]).toEqual([[], 2]);

    const { sdk } = await loadAgent(join(cwd, "plain.ts"));
    const shared = settings({ store: "postgres://127.0.0.1:1/x" }, cwd, { PARLEY_LEASE: "4s" });
    expect((await toStore(shared.config, shared.io, sdk)).cluster).toEqual({ leaseMillis: 4000 });
    const standard = settings({ store: "postgres://127.0.0.1:1/x" }, cwd);
    expect((await toStore(standard.config, standard.io, sdk)).cluster).toBeUndefined();
  });

  it("say where webhooks may go", () => {
    const toOptions = (flags: Flags, env?: Record<string, string>) =>
      toOutgoing(settings(flags, undefined, env).config);
    expect(toOptions({})).toEqual({});
    expect(
      toOptions({ "allow-private": ["hooks.internal", "10.1.0.0/16"] }, { PARLEY_PROXY: "http://p" }),
    ).toEqual({ allow: ["hooks.internal", "10.1.0.0/16"], proxy: "http://p" });
    expect(
      toOptions({ "allow-private": ["1"], "egress-proxy": "http://q" }, { PARLEY_PROXY: "http://p" }),
    ).toEqual({
      allowPrivate: true,
      proxy: "http://q",
    });
    expect(toOptions({}, { PARLEY_ALLOW_PRIVATE: "0" })).toEqual({});
  });

  it("hide keys from config show", async () => {
    const secret = key();
    const { stdout } = await parley(["config", "show"], { env: { PARLEY_ENCRYPTION_KEYS: secret } });
    expect(stdout).toContain("encryption-keys: (hidden) [environment PARLEY_ENCRYPTION_KEYS]\n");
    expect(stdout).toContain("webhook-schedule: 5s,30s,");
    expect(stdout).not.toContain(secret);
  });

  it("let in callers with an API key or a token, each to their own tasks", async () => {
    const cwd = place({ keys: "k3y alice\n", tokens: "t0ken bob\n" });
    const both = ["--api-key-file", "keys", "--api-key-header", "X-Echo-Key", "--token-file", "tokens"];
    const { url } = await online(cwd, "agent.ts", "--grpc-port", "off", ...both);
    const ask = (...args: string[]) => parley([...args, "-a", url]);
    expect((await ask("send", "x")).code).toBe(4);
    const sent = await ask("send", "x", "--api-key", "k3y", "-o", "json");
    const { id } = sent.document()["task"] as { id: string };
    expect((await ask("task", "get", id, "--api-key", "k3y")).code).toBe(0);
    expect((await ask("task", "get", id, "--bearer", "t0ken")).stderr).toContain("TaskNotFoundError");
    expect((await ask("task", "get", id, "--api-key", "t0ken")).code).toBe(4);
    expect((await ask("card", "get", "-o", "json")).stdout).toContain('"X-Echo-Key"');
  });

  it("take a message that is sent again once, when told to", async () => {
    const cwd = place();
    const { url } = await online(cwd, "agent.ts", "--grpc-port", "off", "--idempotency", "messageId");
    const send = async () => {
      const response = await fetch(`${url}/message:send`, {
        method: "POST",
        headers: { "a2a-version": "1.0", "content-type": "application/json" },
        body: '{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}]}}',
      });
      return ((await response.json()) as { task: { id: string } }).task.id;
    };
    expect(await send()).toBe(await send());
  });

  it("sign webhooks, give up as the schedule says, and keep secrets encrypted", async () => {
    const cwd = place({ "keys.json": JSON.stringify({ keys: [jwk()] }), key: key() });
    const args = ["agent.ts", "--grpc-port", "off", "--store", "tasks.db", "--webhook-schedule", "off"];
    const { url, stop } = await onlineWith(
      { PARLEY_ALLOW_PRIVATE: "10.0.0.1" },
      cwd,
      ...args,
      ...["--allow-private", "127.0.0.1"],
      ...["--webhook-signing-keys", "keys.json", "--encryption-key-file", "key"],
    );
    const got: string[] = [];
    let refusals = 0;
    const receive = webhookReceiver({ jwks: `${url}/.well-known/jwks.json` }, ({ event }) => {
      if (event.artifactUpdate && ++refusals) throw new Error("not today");
      got.push(Object.keys(event)[0] ?? "");
    });
    const hook = createServer(async (request, response) => {
      response.writeHead((await receive(request)).status).end();
    });
    await new Promise<void>((done) => hook.listen(0, "127.0.0.1", done));
    onTestFinished(() => void hook.close());
    const { port } = hook.address() as AddressInfo;
    const token = "t0ken-of-the-receiver";
    const taskPushNotificationConfig = { id: "a", url: `http://127.0.0.1:${port}/`, token };
    await fetch(`${url}/message:send`, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json" },
      body: JSON.stringify({
        message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "x" }] },
        configuration: { taskPushNotificationConfig },
      }),
    });
    await expect.poll(() => got).toEqual(["task", "statusUpdate"]);
    expect(refusals).toBe(1);
    expect(await stop("SIGTERM")).toBe(0);
    const listed = await parley(["push", "list", "--store", "tasks.db"], { cwd });
    expect(listed.stdout).toContain("(1 attempts, HTTP 500)");
    const kept = readFileSync(join(cwd, "tasks.db"), "latin1");
    expect(kept).toContain('"sealed"');
    expect(kept).not.toContain(token);
  });
});

describeWith("postgres", "serve --no-migrate", () => {
  it("leaves the schema to parley store migrate", async () => {
    const server = await startPostgres({ fsync: false });
    onTestFinished(() => server.remove());
    const cwd = place();
    const args = ["--grpc-port", "off", "--store", server.url, "--no-migrate"];
    const refused = await parley(["serve", "plain.ts", "--port", "0", ...args], { cwd });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("run parley store migrate")]);
    expect((await parley(["store", "migrate", "--store", server.url])).code).toBe(0);
    const { url } = await online(cwd, "agent.ts", ...args);
    expect((await parley(["send", "-a", url, "Hello"])).stdout).toContain("Hello");
  });
});
