import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RealServer, startNats, startPostgres } from "@parley/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../test/with-server.js";
import { folder, parley, plainModule } from "./harness.js";
import { online } from "./online.js";

const agent = `
import { defineAgent, inputRequired, artifact } from "@parley/a2a";
export default defineAgent({
  card: { name: "Asks", description: "Asks", version: "1" },
  async *execute() {
    const answer = yield inputRequired("Which?");
    yield artifact("answer", answer.parts[0].text);
  },
});`;

describe("serve --store and --bus", () => {
  it.each([
    ["--store", "mysql://localhost/x", /--store: mysql: is no store/],
    ["--bus", "nats://localhost:4222", /--bus is for nodes that share a store/],
  ])("%s %s is a usage error", async (flag, value, message) => {
    const cwd = folder();
    writeFileSync(join(cwd, "agent.ts"), plainModule);
    const said = await parley(["serve", "agent.ts", flag, value], { cwd });
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(message);
  });

  it("keeps passwords to itself", async () => {
    const said = await parley(["config", "show"], { env: { PARLEY_STORE: "postgres://me:s3cret@db/tasks" } });
    expect(said.stdout).toContain("store: postgres://me@db/tasks");
    expect(said.stdout + said.stderr).not.toContain("s3cret");
  });
});

describeWith("postgres", "serve on several nodes", () => {
  let database: RealServer;
  beforeAll(async () => {
    database = await startPostgres({ fsync: false });
  });
  afterAll(() => database?.remove());

  const twoNodes = async (...bus: string[]) => {
    const cwd = folder();
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(cwd, "agent.ts"), agent);
    const node = () => online(cwd, "agent.ts", "--grpc-port", "off", "--store", database.url, ...bus);
    return [await node(), await node()] as const;
  };

  const conversation = async (...bus: string[]) => {
    const [a, b] = await twoNodes(...bus);
    const asked = await parley(["send", "-a", a.url, "-o", "json", "x"]);
    const { id } = asked.document()["task"] as { id: string };
    const told = await parley(["send", "-a", b.url, "--task-id", id, "this one"]);
    expect(told.stdout).toContain("State: TASK_STATE_COMPLETED");
    expect(told.stdout).toContain("this one");
    expect(await a.stop("SIGTERM")).toBe(0);
    expect((await parley(["task", "get", "-a", b.url, id])).stdout).toContain("this one");
  };

  it("goes on with a conversation on another node", () => conversation());

  describeWith("nats", "with --bus", () => {
    let nats: RealServer;
    beforeAll(async () => {
      nats = await startNats();
    });
    afterAll(() => nats?.remove());
    it("goes on with a conversation on another node", () => conversation("--bus", nats.url));
  });
});
