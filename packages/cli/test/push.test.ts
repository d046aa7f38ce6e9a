import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { defineAgent, working } from "@parley/a2a";
import { serve } from "@parley/a2a/node";
import { createOutgoing } from "@parley/a2a/outgoing";
import { sqlite } from "@parley/a2a/sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { folder, parley } from "./harness.js";

const agent = defineAgent({
  card: { name: "Teller", description: "Tells", version: "1.0.0" },
  async *execute({ text }, { signal }) {
    yield working("on it");
    if (text === "hold") await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

function outgoing() {
  const made = createOutgoing({ allowPrivate: true });
  onTestFinished(() => made.close());
  return made.post;
}

const secret = `whsec_${Buffer.from("0123456789abcdef").toString("base64")}`;

describe("task push-config", () => {
  it("creates, gets, lists and deletes, and shows no secret", async () => {
    await using server = await serve(agent, { port: 0, post: outgoing() });
    const ask = (...args: string[]) => parley([...args, "-a", server.url]);
    const sent = await ask("send", "hold", "--async", "-o", "json");
    const taskId = (sent.document()["task"] as { id: string }).id;
    const url = "https://client.example/hook";
    const made = await ask(
      ...["task", "push-config", "create", taskId, "--url", url, "--push-id", "a"],
      ...["--push-token", secret, "--push-auth", "Bearer s3cret"],
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toBe(`Config ID: a\nTask ID: ${taskId}\nURL: ${url}\nAuthentication: Bearer\n`);
    const second = await ask(
      "task",
      "push-config",
      "create",
      taskId,
      "--url",
      url,
      "--push-id",
      "b",
      "-o",
      "json",
    );
    expect(second.document()).toEqual({ id: "b", taskId, url });

    expect((await ask("task", "push-config", "get", taskId, "b")).stdout).toContain("Config ID: b\n");
    const page = await ask("task", "push-config", "list", taskId, "--page-size", "1");
    const next = /^Next: parley (.*)$/m.exec(page.stdout)?.[1]?.split(" ") ?? [];
    expect(next.slice(0, 3)).toEqual(["task", "push-config", "list"]);
    expect((await parley(next)).stdout).toContain("Config ID: b\n");
    const all = await ask("task", "push-config", "list", taskId, "--page-size", "1", "--all", "-o", "json");
    expect(all.document()["configs"]).toHaveLength(2);
    expect(made.stdout + page.stdout + all.stdout).not.toContain("s3cret");

    for (const _ of [1, 2]) expect((await ask("task", "push-config", "delete", taskId, "a")).code).toBe(0);
    const gone = await ask("task", "push-config", "get", taskId, "a", "-o", "json");
    expect(gone.code).not.toBe(0);
    await ask("task", "cancel", taskId);
  });

  it("says what it needs", async () => {
    expect((await parley(["task", "push-config", "create", "t"])).stderr).toContain("--url");
    expect((await parley(["task", "push-config"])).stderr).toContain(
      '"task push-config" needs a command after it',
    );
    const wrong = [
      "task",
      "push-config",
      "create",
      "t",
      "--url",
      "https://c.example/",
      "--push-auth",
      "Bearer",
    ];
    expect((await parley(wrong)).stderr).toContain("--push-auth");
  });
});

describe("push", () => {
  it("shows what was given up and has it sent once more, from the store itself", async () => {
    const store = join(folder(), "tasks.db");
    let open = false;
    const got: string[] = [];
    const hook = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      if (open) got.push(body);
      response.writeHead(open ? 204 : 500).end();
    });
    await new Promise<void>((done) => hook.listen(0, "127.0.0.1", done));
    onTestFinished(() => void hook.close());
    const { port } = hook.address() as AddressInfo;
    const start = () =>
      serve(agent, { port: 0, post: outgoing(), store: sqlite(store), webhooks: { schedule: [] } });
    const first = await start();
    const taskPushNotificationConfig = {
      id: "a",
      url: `http://127.0.0.1:${port}/hook?key=s3cret`,
      token: secret,
    };
    const answer = await fetch(`${first.url}/message:send`, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json" },
      body: JSON.stringify({
        message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] },
        configuration: { taskPushNotificationConfig },
      }),
    });
    const { task } = (await answer.json()) as { task: { id: string } };
    await first.close();

    const listed = await parley(["push", "list", "--store", store, "--troubled"]);
    expect(listed.code).toBe(0);
    for (const line of [`Task ID: ${task.id}`, "Waiting: 0", "Dead letter: 3 (1 attempts, HTTP 500)"])
      expect(listed.stdout).toContain(`${line}\n`);
    expect(listed.stdout).toMatch(/^Next: parley push replay --store \S+$/m);
    const { document } = await parley(["push", "list", task.id, "--store", store, "-o", "json"]);
    expect(document()["deliveries"]).toMatchObject([
      { taskId: task.id, configId: "a", url: `http://127.0.0.1:${port}/hook`, state: "done", seq: 3 },
    ]);
    expect(JSON.stringify(document()) + listed.stdout).not.toMatch(/s3cret|whsec_/);

    const none = await parley(["push", "replay", task.id, "another", "--store", store]);
    expect(none.stdout).toBe("Configurations: 0\nDead letters: 0\n");
    const replayed = await parley(["push", "replay", "--store", store, "-o", "json"]);
    expect(replayed.document()).toEqual({ configurations: 1, deadLetters: 3 });
    open = true;
    await using _second = await start();
    await expect.poll(() => got.length).toBe(3);
    const busy = await parley(["push", "list", "--store", store]);
    expect(busy.stderr).toContain("is in use by another Parley process");
  });

  it("says that it needs a store that is there", async () => {
    expect((await parley(["push", "list"])).stderr).toContain("--store");
    const { code, stderr } = await parley(["push", "replay", "--store", "nowhere.db"]);
    expect([code, stderr.includes("there is no file nowhere.db")]).toEqual([2, true]);
  });

  it("listens, checks and prints", async () => {
    const stop = new AbortController();
    let url: string | undefined;
    let printed = "";
    const listening = parley(
      ["push", "listen", "--port", "0", "--push-token", secret, "-o", "json", "--stream"],
      {
        signal: stop.signal,
        onOutput(stream, all) {
          if (stream === "stdout") printed = all;
          else url ??= /Listening on (\S+)/.exec(all)?.[1];
        },
      },
    );
    await expect.poll(() => url).toBeDefined();
    expect((await fetch(url ?? "")).status).toBe(405);
    expect((await fetch(url ?? "", { method: "POST", body: "{}" })).status).toBe(401);
    await using server = await serve(agent, { port: 0, post: outgoing() });
    await fetch(`${server.url}/message:send`, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json" },
      body: JSON.stringify({
        message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] },
        configuration: { taskPushNotificationConfig: { url, token: secret } },
      }),
    });
    await expect.poll(() => printed.split("\n").length).toBe(4);
    expect(Object.keys(JSON.parse(printed.split("\n")[0] ?? ""))).toEqual(["task"]);
    stop.abort("SIGTERM");
    const { code, stderr } = await listening;
    expect([code, stderr.includes("a webhook was refused (401)")]).toEqual([0, true]);
  });

  it("says that its port is taken", async () => {
    await using server = await serve(agent, { port: 0 });
    const { port } = new URL(server.url);
    const { code, stderr } = await parley(["push", "listen", "--push-token", "s3cret", "--port", port]);
    expect(stderr).toContain(`Message: Cannot listen on 127.0.0.1:${port}: another process listens there\n`);
    expect(code).toBe(1);
  });

  it("says by what it wants to check webhooks", async () => {
    expect((await parley(["push", "listen"])).stderr).toContain("--push-token or --jwks");
    expect((await parley(["push", "listen", "--push-token", "whsec_?"])).stderr).toContain("base64");
  });
});
