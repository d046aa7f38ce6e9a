import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { folder, parley } from "./harness.js";
import { cardOf, task, wireAgent } from "./wire-agent.js";

describe("card get", () => {
  it("finds the card by host, origin, URL, file URL and path", async () => {
    const agent = await wireAgent();
    const cwd = folder();
    const path = join(cwd, "card.json");
    writeFileSync(path, JSON.stringify(cardOf(agent.url)));
    for (const reference of [
      agent.url.replace("http://", ""),
      agent.url,
      `${agent.url}/`,
      `${agent.url}/.well-known/agent-card.json`,
      pathToFileURL(path).href,
      path,
      "card.json",
      "./card.json",
    ]) {
      const { code, document } = await parley(["card", "get", "-a", reference, "-o", "json"], { cwd });
      expect([reference, code]).toEqual([reference, 0]);
      expect(document()).toEqual(cardOf(agent.url));
    }
  });

  it("prints the card as published, unknown fields included", async () => {
    const agent = await wireAgent({ card: { ...cardOf(""), supportedInterfaces: [], future: { field: 1 } } });
    expect((await parley(["card", "get", "-a", agent.url, "-o", "json"])).document()).toHaveProperty(
      "future.field",
      1,
    );
    expect((await parley(["card", "get", "-a", agent.url, "-o", "json", "--stream"])).lines()).toHaveLength(
      1,
    );
  });

  it("shows who the agent is, what it can do and how it is reached", async () => {
    const agent = await wireAgent({
      card: {
        provider: { organization: "Acme", url: "https://acme.example" },
        securitySchemes: { key: { apiKeySecurityScheme: { location: "header", name: "X-Key" } } },
        securityRequirements: [{ schemes: { key: { list: [] } } }],
        signatures: [{ protected: "e30", signature: "x" }],
      },
    });
    const { stdout } = await parley(["card", "get", "-a", agent.url]);
    for (const line of [
      "Name: Scripted",
      "Description: Does as it is told",
      "Version: 1.0.0",
      "Provider: Acme (https://acme.example)",
      "Signatures: 1, not verified",
      "Streaming: yes",
      "Push notifications: no",
      "Extended card: no",
      `Interface: JSONRPC 1.0 ${agent.url}`,
      "Security scheme: key: API key in header X-Key",
      "Security requirement: key",
      "Skill: Skill",
      "Tags: t",
    ])
      expect(stdout.split("\n")).toContain(line);
  });

  it("checks the card against the schema with --validate", async () => {
    const good = await wireAgent();
    const valid = await parley(["card", "get", "--validate", "-a", good.url]);
    expect(valid).toMatchObject({ code: 0, stderr: expect.stringContaining("Valid") });
    const bad = await wireAgent({ card: { version: undefined, skills: [{ id: "s" }] } });
    const { code, document } = await parley(["card", "get", "--validate", "-a", bad.url, "-o", "json"]);
    expect(code).toBe(1);
    const { error } = document() as { error: { code: string; message: string } };
    expect(error.code).toBe("A2ACLI_ERR_CARD_INVALID");
    expect(error.message).toContain("version");
    expect(error.message).toContain("skills[0].name");
  });

  it("fetches the extended card only where the card says there is one, with the credentials it asks for", async () => {
    const extended = { ...cardOf("http://x"), description: "Extended" };
    const agent = await wireAgent({
      card: {
        capabilities: { extendedAgentCard: true },
        securitySchemes: { b: { httpAuthSecurityScheme: { scheme: "bearer" } } },
      },
      answer: ({ headers }) =>
        headers.authorization === "Bearer t" ? { result: extended } : { status: 401 },
    });
    const { document } = await parley([
      "card",
      "get",
      "--extended",
      "-a",
      agent.url,
      "--bearer",
      "t",
      "-o",
      "json",
    ]);
    expect(document()).toMatchObject({ description: "Extended" });
    expect((await parley(["card", "get", "--extended", "-a", agent.url])).code).toBe(4);
    const plain = await wireAgent();
    const refused = await parley(["card", "get", "--extended", "-a", plain.url]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("UnsupportedOperationError") });
    expect(plain.asked).toEqual([]);
  });

  it("chooses the interface of what follows", async () => {
    const elsewhere = await wireAgent({ answer: () => ({ result: task("TASK_STATE_COMPLETED") }) });
    const agent = await wireAgent({
      card: {
        supportedInterfaces: [{ url: elsewhere.url, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" }],
      },
    });
    expect((await parley(["task", "get", "-a", agent.url, "t-1"])).code).toBe(0);
    expect(elsewhere.asked).toHaveLength(1);
    expect(agent.asked).toEqual([]);
  });
});
