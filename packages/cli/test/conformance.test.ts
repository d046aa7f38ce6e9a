import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { artifact, defineAgent, inputRequired, working } from "@parley/a2a";
import { v0_3 } from "@parley/a2a/compat";
import { type Serving, serve } from "@parley/a2a/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folder, parley } from "./harness.js";

const agent = defineAgent({
  card: { name: "Echo", description: "Says what it hears.", version: "1.0.0" },
  async *execute({ text }) {
    if (text === "ask me") {
      yield inputRequired("Which colour?");
      return;
    }
    yield artifact("echo", text);
  },
});

let good: Serving;
/** The same agent, whose errors nobody can tell apart. */
let bad: { readonly url: string; close(): void };

beforeAll(async () => {
  good = await serve(agent, { port: 0, grpc: { port: 0 }, versions: [v0_3] });
  bad = await behind(good.url);
});

afterAll(async () => {
  bad.close();
  await good.close();
});

/** Passes everything on, but for the codes of errors. */
async function behind(origin: string) {
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _, "content-length": __, connection: ___, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", origin), {
      method: request.method ?? "GET",
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    const { port } = server.address() as AddressInfo;
    response.end(
      text.replaceAll('"code":-32001', '"code":-1').replaceAll(origin, `http://localhost:${port}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, close: () => server.close() };
}

describe("conformance", () => {
  it("checks every interface of the card, and exits with 0 when no MUST fails", async () => {
    const { code, document, stderr } = await parley([
      "conformance",
      "-a",
      good.url,
      "--ask",
      "ask me",
      "-o",
      "json",
    ]);
    const { agent, interfaces, results, counts, requests } = document();
    expect(code).toBe(0);
    expect(agent).toMatchObject({ name: "Echo", version: "1.0.0" });
    expect(interfaces).toContainEqual(expect.objectContaining({ binding: "GRPC", version: "1.0" }));
    expect(counts).toMatchObject({ MUST: { failed: 0 }, SHOULD: { failed: 0 } });
    expect(requests).toBeGreaterThan(100);
    expect(
      (results as { outcome: string; reason?: string }[]).every(
        ({ outcome, reason }) => outcome !== "untested" || reason,
      ),
    ).toBe(true);
    for (const name of ["card", "JSONRPC 1.0", "HTTP+JSON 1.0", "GRPC 1.0", "JSONRPC 0.3", "HTTP+JSON 0.3"])
      expect(stderr).toContain(`Checking ${name}\n`);
  });

  it("says what failed, by which section, what was sent, what came and what was expected, and exits with 1", async () => {
    const { code, stdout } = await parley([
      "conformance",
      bad.url,
      "--transport",
      "JSONRPC",
      "--a2a-version",
      "1.0",
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("Failed: errors.code-task-not-found (MUST, section 5.4)\n");
    expect(stdout).toContain("On: JSONRPC 1.0\n");
    expect(stdout).toContain("Expected: JSONRPC code -32001\n");
    expect(stdout).toContain(`Sent:\n  POST ${bad.url}/\n`);
    expect(stdout).toMatch(/Received:\n {2}HTTP 200\n[\s\S]*"code":-1,/);
    expect(stdout).toMatch(/\nMUST: \d+ passed, 1 failed, \d+ not tested\n/);
    expect(stdout).toMatch(/\nResult: the agent breaks errors.code-task-not-found\n$/);
    expect(stdout).toContain("Left out, as it may be: card.last-modified");
    expect(stdout).toContain("(not checked: other bindings were asked for)\n");
    expect(stdout).toContain("Not tested: the agent never asked for input: no message is known (--ask)");
  });

  it("writes JUnit XML, in which a SHOULD fails no build", async () => {
    const cwd = folder();
    const { code } = await parley(
      ["conformance", bad.url, "--transport", "JSONRPC", "--a2a-version", "1.0", "--junit", "report.xml"],
      { cwd },
    );
    const xml = readFileSync(join(cwd, "report.xml"), "utf8");
    expect(code).toBe(1);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toMatch(/<testsuite name="JSONRPC 1.0" tests="\d+" failures="1" skipped="\d+">/);
    expect(xml).toContain("errors.code-task-not-found (MUST 5.4)");
    expect(xml).toMatch(/card.etag[^<]*"><skipped message="SHOULD: expected an ETag"\/>/);
  });

  it("sends credentials where the card wants them, and shows none", async () => {
    const secret = "very-secret-token";
    const { bearerTokens } = await import("@parley/a2a/auth");
    await using guarded = await serve(agent, {
      port: 0,
      authenticator: bearerTokens({ [secret]: "somebody" }),
    });
    const { code, stdout } = await parley(["conformance", guarded.url, "-o", "json"], {
      env: { A2ACLI_BEARER: secret },
    });
    expect(code).toBe(0);
    expect(stdout).not.toContain(secret);
    expect(stdout).toContain('"check": "access.required"');
  });

  it("runs an official kit that is on disk, and tells what it found in the same form", async () => {
    const kit = folder();
    const report = {
      per_requirement: {
        "CORE-SEND-001": {
          level: "MUST",
          status: "FAIL",
          transports: { jsonrpc: "FAIL" },
          errors: ["no task"],
          test_ids: [],
        },
        "CORE-GET-001": {
          level: "MUST",
          status: "PASS",
          transports: { jsonrpc: "PASS" },
          errors: [],
          test_ids: [],
        },
      },
    };
    // What the kit is to us: a program in its own Python that is told an address and leaves reports.
    writeFileSync(join(kit, "run_tck.py"), "");
    mkdirSync(join(kit, "scenarios"));
    mkdirSync(join(kit, ".venv/bin"), { recursive: true });
    const python = `#!/bin/sh
mkdir reports
echo "$@" > asked
echo '${JSON.stringify(report)}' > reports/compatibility.json
echo '<testsuites/>' > reports/junitreport.xml
`;
    writeFileSync(join(kit, ".venv/bin/python"), python, { mode: 0o755 });
    const { code, stdout } = await parley(["conformance", "-a", good.url, "--tck", kit]);
    expect(code).toBe(1);
    expect(readFileSync(join(kit, "asked"), "utf8")).toBe(`run_tck.py --sut-host ${good.url}\n`);
    expect(stdout).toContain("Failed: CORE-SEND-001 (MUST)\n");
    expect(stdout).toContain("Got: no task\n");
    expect(stdout).toContain("MUST: 1 passed, 1 failed, 0 not tested\n");
  });

  it("ends in time, says that it is incomplete, and exits with 5", async () => {
    const asleep = defineAgent({
      card: { name: "Asleep", description: "Never ends.", version: "1.0.0" },
      async *execute(_, { signal }) {
        yield working();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
    await using serving = await serve(asleep, { port: 0 });
    const { code, document } = await parley(["conformance", serving.url, "--timeout", "1s", "-o", "json"]);
    expect(code).toBe(5);
    expect(document()).toMatchObject({ incomplete: true });
  });

  it("exits with 2 without an agent or a kit, and with 3 when nobody answers", async () => {
    expect(await parley(["conformance"])).toMatchObject({ code: 2 });
    expect(await parley(["conformance", good.url, "--tck", folder()])).toMatchObject({ code: 2 });
    const { code, stderr } = await parley(["conformance", "http://127.0.0.1:1"]);
    expect(code).toBe(3);
    expect(stderr).toContain("Error: A2ACLI_ERR_UNREACHABLE\n");
  });
});
