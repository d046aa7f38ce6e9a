import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@parley/a2a/client";
import { grpc } from "@parley/a2a/grpc";
import type { AgentCard, Task } from "@parley/a2a/protocol";
import { afterAll, describe, expect, it } from "vitest";
import { csvFile } from "./conversation.js";
import { Caller } from "./server.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "csv-analyst-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The built program, as `npm start` runs it. */
function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PARLEY_DATA: folder, ...environment },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    output.stdout += text;
  });
  child.stderr.on("data", (text) => {
    output.stderr += text;
  });
  /** What it says once it is up. @throws with what it said instead */
  const welcome = async (): Promise<string> => {
    await Promise.race([once(child.stdout, "data"), exit(child)]);
    if (output.stdout === "") throw new Error(`It did not start: ${output.stderr}`);
    return output.stdout;
  };
  return { child, output, welcome };
}

/** A server on the port after one that is free. */
async function takenAfter(): Promise<Server> {
  for (;;) {
    const [before, taken] = [createServer(), createServer()];
    await once(before.listen(0, "127.0.0.1"), "listening");
    const { port } = before.address() as AddressInfo;
    const listening = await once(taken.listen(port + 1, "127.0.0.1"), "listening").catch(() => undefined);
    await new Promise((resolve) => before.close(resolve));
    if (listening) return taken;
  }
}

const urlIn = (welcome: string) =>
  /agent card: (\S+)\/\.well-known\/agent-card\.json/.exec(welcome)?.[1] ?? "";
const exit = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));

describe("npm start", () => {
  it("serves, prints what to do next, keeps its tasks, and stops when told", async () => {
    const { child, output, welcome } = start({ PORT: "0" });
    await welcome();
    const url = urlIn(output.stdout);
    expect(output.stdout).toContain(`curl ${url}/.well-known/agent-card.json`);
    expect(output.stdout).toContain(
      `npx parley send --stream -a ${url} --file examples/csv-analyst/sales.csv "Summarise this"`,
    );
    expect(output.stdout).toContain(`npx parley task subscribe --stream -a ${url} `);
    const card = (await (await fetch(`${url}/.well-known/agent-card.json`)).json()) as object;
    expect(card).toMatchObject({ name: "CSV analyst", capabilities: { streaming: true } });
    const { id } = await new Caller(url).send([csvFile("a,b\n1,2\n3,4\n")]);

    const second = start({ PORT: new URL(url).port, PARLEY_DATA: join(folder, "other") });
    expect(await exit(second.child)).toBe(1);
    expect(second.output.stderr).toMatch(
      /^The CSV analyst cannot start\. Cannot listen on .*: another process listens there\n$/,
    );

    child.kill("SIGTERM");
    expect(await exit(child)).toBe(0);
    expect(existsSync(join(folder, "tasks.db"))).toBe(true);

    const again = start({ PORT: "0" });
    await again.welcome();
    const kept = await new Caller(urlIn(again.output.stdout)).call<Task>("GetTask", { id });
    expect(kept.status.state).toBe("TASK_STATE_COMPLETED");
    again.child.kill("SIGINT");
    expect(await exit(again.child)).toBe(0);
  });

  it("speaks gRPC on the port it is told, on none, or on the next if it is free", async () => {
    const interfaces = async (welcome: string) => {
      const card = await (await fetch(`${urlIn(welcome)}/.well-known/agent-card.json`)).json();
      return (card as AgentCard).supportedInterfaces;
    };
    const first = start({ PORT: "0" });
    await first.welcome();
    const address = /^It speaks gRPC too, at (\S+)$/m.exec(first.output.stdout)?.[1] ?? "";
    expect(await interfaces(first.output.stdout)).toContainEqual({
      url: address,
      protocolBinding: "GRPC",
      protocolVersion: "1.0",
    });
    const client = await connect(urlIn(first.output.stdout), { transports: [grpc()], bindings: ["GRPC"] });
    expect(await client.listTasks()).toHaveProperty("tasks");
    client.close();

    const taken = await takenAfter();
    const { port } = taken.address() as AddressInfo;
    const told = start({ PORT: "0", GRPC_PORT: String(port), PARLEY_DATA: join(folder, "told") });
    expect(await exit(told.child)).toBe(1);
    expect(told.output.stderr).toBe(
      `The CSV analyst cannot start. Cannot listen on 127.0.0.1:${port}: another process listens there\n`,
    );
    for (const [PORT, GRPC_PORT, warned] of [
      [String(port - 1), "", true],
      ["0", "off", false],
    ] as const) {
      const { child, output, welcome } = start({ PORT, GRPC_PORT, PARLEY_DATA: join(folder, "without") });
      await welcome();
      expect(output.stdout).not.toContain("gRPC");
      expect(output.stderr.includes("Online without gRPC")).toBe(warned);
      expect(await interfaces(output.stdout)).not.toContainEqual(
        expect.objectContaining({ protocolBinding: "GRPC" }),
      );
      child.kill("SIGTERM");
      await exit(child);
    }
    taken.close();
    first.child.kill("SIGTERM");
    expect(await exit(first.child)).toBe(0);
  });

  it("gives the public URL it is told", async () => {
    const { child, output, welcome } = start({ PORT: "0", PARLEY_PUBLIC_URL: "https://csv.example" });
    await welcome();
    expect(urlIn(output.stdout)).toBe("https://csv.example");
    child.kill("SIGTERM");
    expect(await exit(child)).toBe(0);
  });

  it.each([
    ["PORT", "http", "PORT must be a number up to 65535, not “http”"],
    ["GRPC_PORT", "on", "GRPC_PORT must be a number up to 65535, not “on”"],
    ["PARLEY_ALLOW_PRIVATE", "10.0.0.0/99", "Not an address or CIDR range: 10.0.0.0/99"],
  ])("says in one line what is wrong with %s", async (name, value, why) => {
    const { child, output } = start({ [name]: value });
    expect(await exit(child)).toBe(1);
    expect(output.stderr).toBe(`The CSV analyst cannot start. ${why}\n`);
  });
});
