import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folder, parley, plainModule } from "./harness.js";
import { online } from "./online.js";

const source = (type: string, exported: string) => `
import { A2AError, artifact, text } from "@parley/a2a";
${exported} {
  card: { name: "Echo", description: "Says it again", version: "1.0.0" },
  async *execute(request${type}) {
    if (!(A2AError.prototype instanceof Error)) throw new Error("another copy");
    yield artifact("echo", text(request.text));
  },
};
`;

const typescript = source(": { readonly text: string }", "export default");

describe("serve", () => {
  it("puts the agent of a TypeScript module online, and ends well on a signal", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    const { url, stdout, stop } = await online(cwd, "agent.ts");
    const grpc = /^gRPC: localhost:\d+$/m.exec(stdout)?.[0];
    expect(stdout).toBe(
      `Agent: Echo\nCard: ${url}/.well-known/agent-card.json\n${grpc}\nStore: memory\nTry: parley send --stream -a ${url} "Hello"\n`,
    );
    const answer = await parley(["send", "-a", url, "Hello"]);
    expect(answer).toMatchObject({ code: 0, stdout: expect.stringContaining("Text:\n  Hello\n") });
    expect(await stop("SIGTERM")).toBe(0);
    expect((await parley(["card", "get", "-a", url])).code).toBe(3);
  });

  it("takes an export named agent, of JavaScript too", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), source(": { text: string }", "export const agent ="));
    await online(cwd, "agent.ts");
    writeFileSync(
      join(cwd, "plain.mjs"),
      'export const agent = { card: { name: "JS", description: "d", version: "1" }, reply: () => "hi" };',
    );
    const { url } = await online(cwd, "plain.mjs");
    expect((await parley(["send", "-a", url, "Hello"])).stdout).toContain("Reply: hi\n");
  });

  it("gives a module that has no SDK every part of its own", async () => {
    const cwd = folder();
    const manifest = readFileSync(new URL("../../a2a/package.json", import.meta.url), "utf8");
    const { exports } = JSON.parse(manifest) as { exports: object };
    const names = Object.keys(exports).map((subpath) => `@parley/a2a${subpath.slice(1)}`);
    const imports = names.map((name) => `import ${JSON.stringify(name)};\n`).join("");
    writeFileSync(join(cwd, "agent.ts"), imports + typescript);
    expect((await online(cwd, "agent.ts")).stdout).toContain("Agent: Echo\n");
  });

  it("serves with the SDK that the module has installed itself, if it has", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "node_modules", "@parley"), { recursive: true });
    const sdk = fileURLToPath(new URL("../../a2a", import.meta.url));
    symlinkSync(sdk, join(cwd, "node_modules", "@parley", "a2a"));
    writeFileSync(join(cwd, "agent.mjs"), source("", "export default"));
    writeFileSync(join(cwd, "agent.ts"), typescript);
    for (const module of ["agent.mjs", "agent.ts"]) {
      const { url } = await online(cwd, module);
      expect((await parley(["send", "-a", url, "Hello"])).stdout).toContain("Text:\n  Hello\n");
    }
  });

  it("keeps tasks in a SQLite file", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    for (const store of [
      ["--store", "tasks.db"],
      ["--data-dir", "data"],
    ]) {
      const first = await online(cwd, "agent.ts", ...store);
      const sent = await parley(["send", "-a", first.url, "-o", "json", "Hello"]);
      const { id } = sent.document()["task"] as { id: string };
      await first.stop("SIGINT");
      const second = await online(cwd, "agent.ts", ...store);
      expect((await parley(["task", "get", "-a", second.url, id])).code).toBe(0);
      const third = await parley(["serve", "agent.ts", "--port", "0", ...store], { cwd });
      expect(third.code).toBe(1);
      expect(third.stderr).toMatch(/in use by another Parley process.*\nHint: .*--store/);
      await second.stop("SIGINT");
    }
  });

  it("takes no more tasks than it was told to", async () => {
    const cwd = folder();
    writeFileSync(
      join(cwd, "agent.ts"),
      typescript.replace("yield artifact", "await new Promise(() => {}); yield artifact"),
    );
    const { url } = await online(cwd, "agent.ts", "--running-tasks", "1", "--queued-tasks", "0");
    expect((await parley(["send", "-a", url, "--async", "Hello"])).code).toBe(0);
    const refused = await parley(["send", "-a", url, "--async", "Hello"]);
    expect(refused.stderr).toContain("as much work as it can take");
    expect(refused.code).not.toBe(0);
    const { code, stderr } = await parley(["serve", "agent.ts", "--queued-tasks", "1"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("needs --running-tasks")]);
  });

  it("ends a task that would be larger than --task-size", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    const { url } = await online(cwd, "agent.ts", "--task-size", "10000");
    expect((await parley(["send", "-a", url, "Hello"])).code).toBe(0);
    const failed = await parley(["send", "-a", url, "Hello ".repeat(1000)]);
    expect(failed.stdout).toContain("it may have 10,000 characters");
    const { code, stderr } = await parley(["serve", "agent.ts", "--task-size", "0"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("--task-size must be at least 1")]);
  });

  it("asks for one of the tokens of --token-file", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    writeFileSync(join(cwd, "tokens"), "# who may call\nt0ken alice\n\nother bob # a comment\n");
    const { url } = await online(cwd, "agent.ts", "--token-file", "tokens");
    expect((await parley(["send", "-a", url, "x"])).code).toBe(4);
    const answer = await parley(["send", "-a", url, "-o", "json", "x"], { env: { A2ACLI_BEARER: "t0ken" } });
    expect(answer.code).toBe(0);
    const { id } = answer.document()["task"] as { id: string };
    expect((await parley(["task", "get", "-a", url, id, "--bearer", "other"])).stderr).toContain(
      "TaskNotFoundError",
    );
  });

  it("listens where it is told: TLS, public URL", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    for (const name of ["cert.pem", "key.pem"])
      writeFileSync(
        join(cwd, name),
        readFileSync(new URL(`../../a2a/test/hosts/fixtures/${name}`, import.meta.url)),
      );
    const tls = await online(cwd, "agent.ts", "--tls-cert", "cert.pem", "--tls-key", "key.pem");
    expect(tls.url).toMatch(/^https:\/\/localhost:\d+$/);
    for (const binding of ["JSONRPC", "GRPC"]) {
      const send = ["send", "--transport", binding, "-a", tls.url, "Hello"];
      expect((await parley([...send, "--insecure"])).stdout).toContain("Hello");
      expect((await parley(send)).code).toBe(3);
    }
    const named = await online(cwd, "agent.ts", "--public-url", "https://agents.example/echo");
    expect(named.url).toBe("https://agents.example/echo");
  });

  it("speaks gRPC on the port it is told, on none, or on the next if it is free", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    const first = await online(cwd, "agent.ts");
    const port = /^gRPC: localhost:(\d+)$/m.exec(first.stdout)?.[1] ?? "";
    const send = ["send", "--transport", "grpc", "--debug", "-a", first.url, "Hello"];
    expect((await parley(send)).stderr).toContain("using GRPC 1.0");
    expect((await online(cwd, "agent.ts", "--grpc-port", "off")).stdout).not.toContain("gRPC");
    const busy = await parley(["serve", "agent.ts", "--port", "0", "--grpc-port", port], { cwd });
    expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining("with --grpc-port.") });
    const next = await online(cwd, "agent.ts", "--port", String(Number(port) - 1));
    expect(next.stdout).not.toContain("gRPC");
    expect(next.stderr()).toContain("Online without gRPC");
    const { stdout } = await parley(["card", "get", "-a", next.url]);
    expect(stdout).toContain("HTTP+JSON");
    expect(stdout).not.toContain("GRPC");
  });

  it("serves below --base-path", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), typescript);
    const { url, stdout } = await online(cwd, "agent.ts", "--base-path", "deep/er");
    const reference = `${url}/.well-known/agent-card.json`;
    expect(stdout).toContain(`Try: parley send --stream -a ${reference} "Hello"\n`);
    expect((await parley(["send", "-a", reference, "Hello"])).code).toBe(0);
  });

  it("says what is wrong with a module or an option", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "empty"));
    writeFileSync(join(cwd, "nothing.ts"), "export const x: number = 1;\n");
    writeFileSync(join(cwd, "broken.ts"), "throw new Error('at load');\n");
    writeFileSync(join(cwd, "agent.ts"), plainModule);
    for (const [args, code, message] of [
      [["none.ts"], 2, "there is no file"],
      [["empty"], 2, "is not a file"],
      [["nothing.ts"], 2, "exports no agent"],
      [["broken.ts"], 1, "at load"],
      [["agent.ts", "--tls-cert", "x"], 2, "go together"],
      [["agent.ts", "--tls-cert", "agent.ts", "--tls-key", "agent.ts"], 1, "must each name a PEM file"],
      [["agent.ts", "--port", "0", "--public-url", "agents.example"], 2, "is no http or https URL"],
      [["agent.ts", "--token-file", "none"], 2, "cannot be read (no such file)"],
      [["agent.ts", "--port", "many"], 2, "not a whole number"],
      [["agent.ts", "--port", "70000"], 2, "--port: 70000 is more than 65535"],
      [["agent.ts", "--grpc-port", "on"], 2, "neither a port nor off"],
      [["agent.ts", "--grpc-port", "70000"], 2, "neither a port nor off"],
    ] as const) {
      const { code: exit, stderr } = await parley(["serve", ...args], { cwd });
      expect(stderr).toContain(message);
      expect(exit).toBe(code);
    }
  });
});
