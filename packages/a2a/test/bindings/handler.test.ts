/** What stands beside the bindings: the card, health, paths and cross-origin access. */
import { afterEach, describe, expect, it } from "vitest";
import { createHttpHandler, type HttpHandlerOptions } from "../../src/bindings/index.js";
import { type Listening, listen } from "../../src/hosts/node/listen.js";
import type { AgentCard } from "../../src/protocol/index.js";
import { ScriptedDispatcher } from "./scripted-dispatcher.js";

const cardOf = (version: string) => ({ name: "A ü", version }) as AgentCard;
let listening: Listening | undefined;
afterEach(async () => {
  await listening?.close();
  listening = undefined;
});

async function online(options: Partial<HttpHandlerOptions> = {}): Promise<string> {
  const card = cardOf("1");
  listening = await listen(
    createHttpHandler({ dispatcher: new ScriptedDispatcher(), card: () => card, ...options }),
  );
  return listening.url;
}

describe("agent card (8.2, 8.6)", () => {
  it.each(["/.well-known/agent-card.json", "/.well-known/agent.json"])(
    "is at %s, with what caches need",
    async (path) => {
      const url = await online();
      const first = await fetch(url + path);
      expect(first.status).toBe(200);
      expect(await first.json()).toEqual(cardOf("1"));
      expect(Object.fromEntries(first.headers)).toMatchObject({
        "content-type": "application/json",
        "cache-control": "public, max-age=300, must-revalidate",
        vary: "accept, a2a-version",
        "access-control-allow-origin": "*",
        etag: expect.stringMatching(/^"[0-9a-f]{16}"$/),
      });
      const etag = first.headers.get("etag") as string;
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const again = await fetch(url + path, { headers: { "if-none-match": known } });
        expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
      }
      expect((await fetch(url + path, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
    },
  );

  it("answers HEAD with the length, and other verbs with 405", async () => {
    const url = `${await online()}/.well-known/agent-card.json`;
    const head = await fetch(url, { method: "HEAD" });
    const length = String(new TextEncoder().encode(JSON.stringify(cardOf("1"))).length);
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([200, "", length]);
    const post = await fetch(url, { method: "POST", body: "{}" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(await post.json()).toMatchObject({ error: { code: 405, status: "UNIMPLEMENTED" } });
  });

  it("has another tag when it changes", async () => {
    let card = cardOf("1");
    const url = `${await online({ card: () => card, maxAge: 5 })}/.well-known/agent-card.json`;
    const first = await fetch(url);
    card = cardOf("2");
    const second = await fetch(url, { headers: { "if-none-match": first.headers.get("etag") as string } });
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual(card);
    expect(second.headers.get("cache-control")).toContain("max-age=5,");
  });
});

describe("health", () => {
  it("is ok while the process lives, and ready when it says so", async () => {
    let broken = false;
    const url = await online({
      ready: () => {
        if (broken) throw new Error("the disk is full");
      },
    });
    for (const path of ["/healthz", "/readyz"])
      expect(await (await fetch(url + path)).json()).toEqual({ status: "ok" });
    broken = true;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const readiness = await fetch(`${url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toEqual({ status: "unavailable", reason: "the disk is full" });
  });
});

describe("basePath", () => {
  it("moves everything; the card stays at the root too", async () => {
    const url = await online({ basePath: "/agents/a/" });
    const status = async (path: string, init?: RequestInit) => (await fetch(url + path, init)).status;
    const rpc = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect(await status("/agents/a", rpc)).toBe(200);
    expect(await status("/agents/a/", rpc)).toBe(200);
    expect(await status("/agents/a/tasks/1")).toBe(200);
    expect(await status("/agents/a/.well-known/agent-card.json")).toBe(200);
    expect(await status("/.well-known/agent-card.json")).toBe(200);
    expect(await status("/agents/a/healthz")).toBe(200);
    expect(await status("/", rpc)).toBe(404);
    expect(await status("/tasks/1")).toBe(404);
    expect(await status("/agents/ab")).toBe(404);
  });
});

describe("cross-origin access", () => {
  const preflight = { origin: "https://app.test", "access-control-request-method": "POST" };
  const asked = { ...preflight, "access-control-request-headers": "a2a-version, x-api-key" };

  it("is closed for operations unless told", async () => {
    const url = await online();
    const response = await fetch(`${url}/tasks/1`, { headers: { origin: "https://app.test" } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect((await fetch(url, { method: "OPTIONS", headers: preflight })).status).toBe(405);
  });

  it.each([
    ["*", "*", null],
    [["https://app.test"], "https://app.test", "origin"],
    [["https://other.test"], null, "origin"],
  ] as const)("with %j", async (cors, allowed, vary) => {
    const url = await online({ cors });
    const options = await fetch(url, { method: "OPTIONS", headers: asked });
    expect(options.status).toBe(204);
    expect(options.headers.get("access-control-allow-origin")).toBe(allowed);
    expect(options.headers.get("access-control-allow-headers")).toBe(allowed && "a2a-version, x-api-key");
    expect(options.headers.get("access-control-allow-methods")).toBe(allowed && "GET, POST, DELETE");
    const response = await fetch(`${url}/tasks/1`, { headers: { origin: "https://app.test" } });
    expect(response.headers.get("access-control-allow-origin")).toBe(allowed);
    expect(response.headers.get("vary")).toBe(vary);
    const exposed = response.headers.get("access-control-expose-headers");
    expect(exposed?.split(", ") ?? null).toEqual(
      allowed && expect.arrayContaining(["a2a-extensions", "retry-after", "www-authenticate"]),
    );
    const card = await fetch(`${url}/.well-known/agent-card.json`, {
      headers: { origin: "https://any.test" },
    });
    expect(card.headers.get("access-control-allow-origin")).toBe("*");
  });
});
