import { describe, expect, it } from "vitest";
import { Diagnostics } from "../src/output/index.js";
import { parley } from "./harness.js";
import { type Asked, task, wireAgent } from "./wire-agent.js";

const bearerScheme = { b: { httpAuthSecurityScheme: { scheme: "Bearer" } } };
const keyScheme = (location: string) => ({ k: { apiKeySecurityScheme: { location, name: "X-Key" } } });

const guarded = (securitySchemes: object, passes: (asked: Asked) => boolean = () => true) =>
  wireAgent({
    card: {
      securitySchemes,
      securityRequirements: [{ schemes: { [Object.keys(securitySchemes)[0] ?? ""]: {} } }],
    },
    answer: (asked) => (passes(asked) ? { result: task("TASK_STATE_COMPLETED") } : { status: 401 }),
  });

const get = (url: string, args: string[], env: Record<string, string> = {}) =>
  parley(["task", "get", "-a", url, ...args, "t-1"], { env });

describe("credentials", () => {
  it("go where the card's scheme wants them, from flag or environment, the flag winning", async () => {
    const bearer = await guarded(bearerScheme);
    await get(bearer.url, ["--bearer", "one"]);
    await get(bearer.url, [], { A2ACLI_BEARER: "two" });
    await get(bearer.url, ["--bearer", "three"], { A2ACLI_BEARER: "two" });
    expect(bearer.asked.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer one",
      "Bearer two",
      "Bearer three",
    ]);
    const header = await guarded(keyScheme("header"));
    await get(header.url, [], { A2ACLI_API_KEY: "k1" });
    expect(header.asked[0]?.headers["x-key"]).toBe("k1");
    const query = await guarded(keyScheme("query"));
    await get(query.url, ["--api-key", "k 2"]);
    expect(query.asked[0]?.url.searchParams.get("X-Key")).toBe("k 2");
    const cookie = await guarded(keyScheme("cookie"));
    await get(cookie.url, ["--api-key", "k3"]);
    expect(cookie.asked[0]?.headers.cookie).toBe("X-Key=k3");
  });

  it("are not sent where no scheme takes them, nor to fetch a card", async () => {
    const agent = await wireAgent({ answer: () => ({ result: task("TASK_STATE_COMPLETED") }) });
    const { stderr } = await get(agent.url, ["--bearer", "s3cret", "--svc-param", "x-team:blue"]);
    expect(stderr).toContain("declares no scheme that takes --bearer; it is not sent");
    expect(agent.asked[0]?.headers.authorization).toBeUndefined();
    const taken = await guarded(bearerScheme);
    await get(taken.url, ["--bearer", "s3cret", "--svc-param", "x-team:blue"]);
    expect(JSON.stringify(taken.cardRequests)).not.toMatch(/s3cret|blue/);
  });

  it("that are missing or refused exit 4, with a hint from the card's schemes", async () => {
    const agent = await guarded(bearerScheme, ({ headers }) => headers.authorization === "Bearer right");
    const missing = await get(agent.url, ["-o", "json"]);
    expect(missing.code).toBe(4);
    expect(missing.document()["error"]).toMatchObject({
      code: "A2ACLI_ERR_CREDENTIALS_MISSING",
      hint: "Set A2ACLI_BEARER=<token> (or --bearer).",
      a2aCode: 401,
    });
    const wrong = await get(agent.url, ["-o", "json", "--bearer", "wrong"]);
    expect(wrong.code).toBe(4);
    expect(wrong.document()["error"]).toMatchObject({ code: "A2ACLI_ERR_AUTH_FAILED" });
    expect((await get(agent.url, ["--bearer", "right"])).code).toBe(0);
  });

  it("never show up in diagnostics, whatever is switched on", async () => {
    const everywhere = { ...bearerScheme, ...keyScheme("query") };
    const agent = await wireAgent({
      card: { securitySchemes: everywhere },
      answer: ({ headers, url }) => ({
        error: {
          code: -32603,
          message: `got ${headers.authorization} ${url.search} ${headers["x-token"]}`,
          reason: "INTERNAL_ERROR",
        },
      }),
    });
    const secrets = ["--bearer", "b3arer/+", "--api-key", "k3y&=", "--svc-param", "x-token:p4ram"];
    for (const mode of [[], ["-o", "json"]]) {
      const { stdout, stderr } = await get(agent.url, [...secrets, "--debug", "--verbose", ...mode]);
      expect(stderr).toContain("debug: > authorization: [redacted]");
      expect(stderr).toContain("debug: > x-token: [redacted]");
      expect(stdout + stderr).not.toMatch(/b3arer|k3y|p4ram/);
      expect(stdout + stderr).toContain("got Bearer [redacted]");
    }
    expect(agent.asked[0]?.url.searchParams.get("X-Key")).toBe("k3y&=");
  });
});

describe("--svc-param", () => {
  it("with a short value leaves the rest of the diagnostics readable", async () => {
    const agent = await wireAgent({
      answer: () => ({ error: { code: -32001, message: "No task t-1", reason: "TASK_NOT_FOUND" } }),
    });
    const { stderr } = await get(agent.url, ["--svc-param", "x-level:1", "--debug"]);
    expect(stderr).toContain("debug: > x-level: [redacted]");
    expect(stderr).toContain("Message: No task t-1\n");
  });

  it("becomes a header of every request, credentials or not", async () => {
    const agent = await wireAgent({ answer: () => ({ result: task("TASK_STATE_COMPLETED") }) });
    await get(agent.url, ["--svc-param", "x-trace-id:abc:1", "--svc-param", "x-team: blue"]);
    expect(agent.asked[0]?.headers).toMatchObject({ "x-trace-id": "abc:1", "x-team": "blue" });
    for (const bad of ["novalue", "a b:c", "x:a\nb"])
      expect((await get(agent.url, ["--svc-param", bad])).code).toBe(2);
  });
});

describe("--debug", () => {
  it("logs requests, answers and events to stderr", async () => {
    const agent = await wireAgent({ answer: () => ({ events: [{ task: task("TASK_STATE_COMPLETED") }] }) });
    const { stderr } = await parley(["send", "--stream", "--debug", "-a", agent.url, "x"]);
    expect(stderr).toMatch(/^debug: > GET .*agent-card\.json$/m);
    expect(stderr).toMatch(/^debug: using JSONRPC 1\.0 at /m);
    expect(stderr).toMatch(/^debug: > \{"jsonrpc".*SendStreamingMessage/m);
    expect(stderr).toMatch(/^debug: < HTTP 200 after \d+ ms$/m);
    expect(stderr).toMatch(/^debug: < event without id after \d+ ms: .*TASK_STATE_COMPLETED/m);
  });
});

describe("secrets in diagnostics", () => {
  it("are left out once, whatever is in them and however short they are", () => {
    const redact = (text: string, ...secrets: string[]) =>
      new Diagnostics({ write() {} }, false, secrets).redact(text);
    expect(redact("a token", "t")).toBe("a [redacted]oken");
    expect(redact("key abcdef, ab", "ab", "abcdef")).toBe("key [redacted], [redacted]");
    const odd = "a.b*c+(d)[e]{f}|g\\h^$-/? i";
    for (const form of [odd, encodeURIComponent(odd), JSON.stringify(odd).slice(1, -1)])
      expect(redact(`got ${form}!`, odd)).toBe("got [redacted]!");
    expect(redact("nothing", "")).toBe("nothing");
  });
});
