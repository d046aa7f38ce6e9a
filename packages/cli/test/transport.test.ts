import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { A2AError, type Agent, artifact, completed, data, file, inputRequired, working } from "@parley/a2a";
import { v0_1, v0_3 } from "@parley/a2a/compat";
import { serve } from "@parley/a2a/node";
import { silent } from "@parley/a2a/ports";
import { describe, expect, it, onTestFinished } from "vitest";
import { folder, parley } from "./harness.js";
import { cardOf, task, type WireAgent, wireAgent } from "./wire-agent.js";

const fixture = (name: string) =>
  readFileSync(new URL(`../../a2a/test/hosts/fixtures/${name}`, import.meta.url));
const certificate = { cert: fixture("cert.pem"), key: fixture("key.pem") };

const echo: Agent = {
  card: { name: "Echo", description: "Says it again", version: "1.0.0" },
  async *execute({ text }) {
    yield artifact("echo", text);
  },
};

/** Members of JSON objects have no order. */
function readable(stdout: string, args: readonly string[]): unknown {
  if (!args.includes("json")) return stdout;
  return args.includes("--stream")
    ? stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
    : JSON.parse(stdout);
}

/** What two runs of the same command never share: identifiers, times and page tokens. */
const withoutChance = (text: string) =>
  text
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/(page-token '?)[^\s']+/gi, "$1<token>")
    .replace(/("totalSize": |Total: )\d+/g, "$1<n>");

const answersTask = () => ({ result: task("TASK_STATE_COMPLETED") });

/** An agent whose interfaces are these, in this order. */
async function offering(
  ...interfaces: { protocolBinding: string; protocolVersion?: string; tenant?: string }[]
) {
  const agent = await wireAgent({ answer: answersTask });
  const card = cardOf(agent.url, {
    supportedInterfaces: interfaces.map((each) => ({ url: agent.url, protocolVersion: "1.0", ...each })),
  });
  const path = join(folder(), "card.json");
  writeFileSync(path, JSON.stringify(card));
  return { agent, path };
}

const get = (reference: string, ...flags: string[]) =>
  parley(["task", "get", "-a", reference, ...flags, "t-1"]);

const bindingUsed = ({ asked }: WireAgent) => asked.at(-1)?.binding;

describe("transport", () => {
  it("uses the first interface of the card that it speaks", async () => {
    const rest = await offering(
      { protocolBinding: "PIGEON" },
      { protocolBinding: "HTTP+JSON" },
      { protocolBinding: "JSONRPC" },
    );
    expect((await get(rest.path)).code).toBe(0);
    expect(bindingUsed(rest.agent)).toBe("HTTP+JSON");
    const rpc = await offering({ protocolBinding: "JSONRPC" }, { protocolBinding: "HTTP+JSON" });
    await get(rpc.path);
    expect(bindingUsed(rpc.agent)).toBe("JSONRPC");
  });

  it("takes --transport in its order, passing over what the card lacks, and falls back to the card", async () => {
    const { agent, path } = await offering({ protocolBinding: "JSONRPC" }, { protocolBinding: "HTTP+JSON" });
    for (const [flags, expected] of [
      [["--transport", "HTTP+JSON"], "HTTP+JSON"],
      [["--transport", "rest", "--transport", "jsonrpc"], "HTTP+JSON"],
      [["--transport", "grpc", "--transport", "jsonrpc"], "JSONRPC"],
      [["--transport", "grpc"], "JSONRPC"],
    ] as const) {
      expect((await get(path, ...flags)).code).toBe(0);
      expect(bindingUsed(agent)).toBe(expected);
    }
    expect((await get(path, "--transport", "carrier-pigeon")).code).toBe(2);
  });

  it("looks the same on every binding, results and errors", async () => {
    const agent = await wireAgent({
      answer: ({ params }) =>
        params["id"] === "t-1"
          ? answersTask()
          : { error: { code: -32001, message: "Task not found", reason: "TASK_NOT_FOUND" } },
    });
    for (const args of [["t-1"], ["t-2"], ["-o", "json", "t-2"]]) {
      const [rpc, rest] = await Promise.all(
        ["JSONRPC", "HTTP+JSON"].map((binding) =>
          parley(["task", "get", "-a", agent.url, "--transport", binding, ...args]),
        ),
      );
      expect({ ...rpc, document: 0, lines: 0 }).toEqual({ ...rest, document: 0, lines: 0 });
    }
    expect(new Set(agent.asked.map(({ binding }) => binding)).size).toBe(2);
  });

  it("looks the same over gRPC, whatever is done", async () => {
    const skipped = { id: "00000000-0000-4000-8000-000000000000" };
    const mixed: Agent = {
      card: { name: "Mixed", description: "Of everything", version: "1.0.0" },
      async *execute({ text }) {
        yield working("Reading");
        if (text === "ask") return inputRequired("Which column?");
        if (text === "fail") throw new A2AError("CONTENT_TYPE_NOT_SUPPORTED", "No such file");
        yield artifact("all", [data({ rows: 3, none: null }), file("a.svg", "<svg/>", "image/svg+xml")]);
        return completed("Done");
      },
    };
    const serving = await serve(mixed, { log: silent, grpc: { health: true } });
    onTestFinished(() => serving.close());
    for (const args of [
      ["send", "hello"],
      ["send", "-o", "json", "hello"],
      ["send", "--stream", "hello"],
      ["send", "--stream", "-o", "json", "hello"],
      ["send", "--async", "hello"],
      ["send", "--history", "1", "ask"],
      ["send", "fail"],
      ["send", "--task-id", skipped.id, "hello"],
      ["task", "get", skipped.id],
      ["task", "get", "-o", "json", skipped.id],
      ["task", "cancel", "-o", "json", skipped.id],
      ["task", "subscribe", "--stream", skipped.id],
      ["task", "list", "--page-token", "none", "-o", "json"],
      ["task", "list", "--page-size", "1", "--artifacts"],
      ["card", "get", "--extended"],
    ]) {
      const seen = [];
      for (const binding of ["JSONRPC", "HTTP+JSON", "GRPC"]) {
        const { code, stdout, stderr } = await parley([...args, "-a", serving.url, "--transport", binding]);
        seen.push({ code, stdout: readable(withoutChance(stdout), args), stderr: withoutChance(stderr) });
      }
      expect(seen[1], args.join(" ")).toEqual(seen[0]);
      expect(seen[2], args.join(" ")).toEqual(seen[0]);
    }
  });

  it("speaks gRPC when asked, or when it comes first in the card", async () => {
    const serving = await serve(echo, { log: silent, grpc: {} });
    onTestFinished(() => serving.close());
    const used = async (...args: string[]) =>
      /using (\S+)/.exec((await parley(["send", "--debug", ...args, "hello"])).stderr)?.[1];
    expect(await used("-a", serving.url)).toBe("JSONRPC");
    expect(await used("-a", serving.url, "--transport", "grpc")).toBe("GRPC");
    expect(await used("-a", serving.url, "--transport", "rest", "--transport", "grpc")).toBe("HTTP+JSON");
    const path = join(folder(), "card.json");
    const [rpc, , grpc] = serving.card.supportedInterfaces;
    const unknown = { url: "pigeon://loft", protocolBinding: "PIGEON", protocolVersion: "1.0" };
    writeFileSync(path, JSON.stringify({ ...serving.card, supportedInterfaces: [unknown, grpc, rpc] }));
    expect(await used("-a", path)).toBe("GRPC");
    await serving.close();
    expect((await parley(["send", "-a", path, "hello"])).stderr).toContain("A2ACLI_ERR_UNREACHABLE");
  });

  it("sends the interface's tenant with every request, and none where it has none", async () => {
    const { agent, path } = await offering({ protocolBinding: "JSONRPC", tenant: "acme" });
    await get(path);
    await parley(["task", "list", "-a", path]);
    await parley(["task", "cancel", "-a", path, "t-1"]);
    await parley(["send", "--async", "-a", path, "x"]);
    expect(agent.asked.map(({ params }) => params["tenant"])).toEqual(["acme", "acme", "acme", "acme"]);
    const without = await offering({ protocolBinding: "JSONRPC" });
    await get(without.path);
    expect(without.agent.asked[0]?.params).not.toHaveProperty("tenant");
  });
});

describe("protocol version", () => {
  it("is signalled with every request", async () => {
    const { agent, path } = await offering({ protocolBinding: "JSONRPC" });
    await get(path);
    await get(path, "--a2a-version", "1.0");
    await get(path, "--transport", "HTTP+JSON");
    for (const { headers } of agent.asked) expect(headers["a2a-version"]).toBe("1.0");
  });

  it("never goes below 1.0, and a version nobody shares is said, not replaced", async () => {
    const old = await offering({ protocolBinding: "JSONRPC", protocolVersion: "0.3" });
    for (const flags of [[], ["--a2a-version", "0.1"], ["--a2a-version", "1.0"], ["--a2a-version", "2.0"]]) {
      const { code, stderr } = await get(old.path, ...flags);
      expect(code).toBe(1);
      expect(stderr).toContain("Error: VersionNotSupportedError\n");
    }
    expect(old.agent.asked).toEqual([]);
    expect((await get(old.path, "--a2a-version", "new")).code).toBe(2);
  });

  it("is 0.3 for who asks for it", async () => {
    const serving = await serve(echo, { log: silent, versions: [v0_3] });
    onTestFinished(() => serving.close());
    const older = await fetch(`${serving.url}/.well-known/agent-card.json`, {
      headers: { "a2a-version": "0.3" },
    });
    const path = join(folder(), "card.json");
    writeFileSync(path, await older.text());
    for (const agent of [serving.url, path]) {
      for (const binding of ["JSONRPC", "HTTP+JSON"]) {
        const flags = ["--a2a-version", "0.3", "--transport", binding, "-a", agent];
        const { stdout, stderr } = await parley(["send", "--debug", ...flags, "hello"]);
        expect(stdout).toContain("hello");
        expect(stderr).toContain(`using ${binding} 0.3`);
      }
    }
    const { code, stderr } = await parley(["send", "-a", path, "hello"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("--a2a-version 0.3")]);
  });

  it("is 0.1 for who asks for it", async () => {
    const serving = await serve(echo, { log: silent, versions: [v0_3, v0_1] });
    onTestFinished(() => serving.close());
    const first = await fetch(`${serving.url}/.well-known/agent.json`, { headers: { "a2a-version": "0.1" } });
    const path = join(folder(), "card.json");
    writeFileSync(path, await first.text());
    for (const agent of [serving.url, path]) {
      const { stdout, stderr } = await parley([
        "send",
        "--debug",
        "--a2a-version",
        "0.1",
        "-a",
        agent,
        "hello",
      ]);
      expect(stdout).toContain("hello");
      expect(stderr).toContain("using JSONRPC 0.1");
    }
    // Such a card may be one of 0.2 as well.
    const { stderr } = await parley(["send", "--a2a-version", "0.3", "-a", path, "hello"]);
    expect(stderr).not.toContain("VersionNotSupported");
  });

  it("chooses among the interfaces by --a2a-version", async () => {
    const both = await offering(
      { protocolBinding: "JSONRPC", protocolVersion: "1.1" },
      { protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
    );
    await get(both.path, "--a2a-version", "1.0");
    expect(bindingUsed(both.agent)).toBe("HTTP+JSON");
    await get(both.path, "--a2a-version", "1.1");
    expect(bindingUsed(both.agent)).toBe("JSONRPC");
    expect(both.agent.asked.at(-1)?.headers["a2a-version"]).toBe("1.1");
  });
});

describe("TLS", () => {
  it("is verified, unless --insecure says otherwise, which is never silent", async () => {
    const server = createServer(certificate, (_, response) => {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const security = {
        securitySchemes: { key: { httpAuthSecurityScheme: { scheme: "bearer" } } },
      };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify(
          _.url === "/"
            ? { jsonrpc: "2.0", id: 1, result: task("TASK_STATE_COMPLETED") }
            : cardOf(url, security),
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = await get(url);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("Error: A2ACLI_ERR_UNREACHABLE\n");
    expect(refused.stderr).toMatch(/certificate.*\nHint: Trust its authority/);
    const plain = await wireAgent({});
    const wrong = await get(plain.url.replace("http:", "https:"));
    expect(wrong.stderr).toMatch(/the other side speaks no TLS at .*\nHint: .*http:/);
    const open = await get(url, "--insecure", "--bearer", "s3cret");
    expect(open.code).toBe(0);
    expect(open.stderr).toContain("Warning: --insecure: TLS certificates are not verified");
    expect(open.stderr).toContain(
      "Warning: SECURITY: your credential is sent over a connection whose certificate is not",
    );
  });
});
