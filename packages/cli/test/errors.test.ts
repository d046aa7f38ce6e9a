import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { errors } from "@parley/a2a/protocol";
import { describe, expect, it } from "vitest";
import { type LocalCode, localCodes } from "../src/output/failure.js";
import { Diagnostics, Failure, reportOf } from "../src/output/index.js";
import { folder, parley } from "./harness.js";
import { task, wireAgent } from "./wire-agent.js";

const code = (value: string) => expect.objectContaining({ code: value });

describe("errors of the protocol", () => {
  it("keep the name A2A gives them", async () => {
    for (const [reason, { name, jsonrpc }] of Object.entries(errors)) {
      if (reason === "UNAUTHENTICATED" || reason === "PERMISSION_DENIED") continue;
      if (reason === "UNAVAILABLE" || reason === "RESOURCE_EXHAUSTED") continue;
      const agent = await wireAgent({
        answer: () => ({ error: { code: jsonrpc, message: "Because", reason } }),
      });
      const { code: exit, document } = await parley(["task", "cancel", "-a", agent.url, "-o", "json", "t-1"]);
      expect(exit).toBe(1);
      const { error } = document() as { error: { code: string; hint: string | null; a2aCode: number } };
      expect(error).toMatchObject({ code: name, a2aCode: jsonrpc });
      expect(error.hint).toMatch(/./);
    }
  });

  it("are named on stderr in text, with nothing on stdout", async () => {
    const agent = await wireAgent({
      answer: () => ({ error: { code: -32001, message: "Task not found", reason: "TASK_NOT_FOUND" } }),
    });
    const { code: exit, stdout, stderr } = await parley(["task", "get", "-a", agent.url, "t-9"]);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(
      /^Error: TaskNotFoundError\nMessage: Task not found\nA2A code: -32001\nHint: .*--debug/,
    );
  });

  it("of a rejected task id make no new task", async () => {
    for (const reason of ["TASK_NOT_FOUND", "UNSUPPORTED_OPERATION", "INVALID_PARAMS"] as const) {
      const { jsonrpc, name } = errors[reason];
      const agent = await wireAgent({ answer: () => ({ error: { code: jsonrpc, message: "No", reason } }) });
      for (const mode of [[], ["--stream"], ["--async"]]) {
        const ids = ["--task-id", "t-9", "--context-id", "c-9"];
        const { code: exit, document } = await parley([
          "send",
          "-a",
          agent.url,
          "-o",
          "json",
          ...mode,
          ...ids,
          "x",
        ]);
        expect(exit).toBe(1);
        expect(document()["error"]).toMatchObject({ code: name, hint: expect.stringContaining("--debug") });
      }
      expect(agent.asked).toHaveLength(3);
      for (const { params } of agent.asked) expect(params["message"]).toMatchObject({ taskId: "t-9" });
    }
  });
});

describe("errors of the tool", () => {
  it("carry the codes and statuses of the registry", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "bad.json"), "{");
    writeFileSync(join(cwd, "empty.json"), "{}");
    const html = await wireAgent({ cardBody: "<html>" });
    const absent = await wireAgent({ cardStatus: 404 });
    const broken = await wireAgent({ cardStatus: 500 });
    const guarded = await wireAgent({ cardStatus: 401 });
    const cases: [string[], LocalCode][] = [
      [["card", "get"], "A2ACLI_ERR_USAGE"],
      [["card", "get", "-a", "http://"], "A2ACLI_ERR_USAGE"],
      [["card", "get", "-a", "ftp://127.0.0.1"], "A2ACLI_ERR_USAGE"],
      [["card", "get", "-a", "http://me:s3cret@127.0.0.1"], "A2ACLI_ERR_USAGE"],
      [["send", "-a", "http://127.0.0.1:9", "--file", "none.csv"], "A2ACLI_ERR_USAGE"],
      [["card", "get", "-a", "./none.json"], "A2ACLI_ERR_CARD_NOT_FOUND"],
      [["card", "get", "-a", absent.url], "A2ACLI_ERR_CARD_NOT_FOUND"],
      [["card", "get", "-a", broken.url], "A2ACLI_ERR_CARD_NOT_FOUND"],
      [["card", "get", "-a", "bad.json"], "A2ACLI_ERR_CARD_INVALID"],
      [["send", "-a", "empty.json", "x"], "A2ACLI_ERR_CARD_INVALID"],
      [["card", "get", "-a", html.url], "A2ACLI_ERR_CARD_INVALID"],
      [["card", "get", "-a", "http://127.0.0.1:9"], "A2ACLI_ERR_UNREACHABLE"],
      [["card", "get", "-a", guarded.url], "A2ACLI_ERR_CREDENTIALS_MISSING"],
    ];
    for (const [args, expected] of cases) {
      const { code: exit, document } = await parley([...args, "-o", "json"], { cwd });
      expect([args, document()["error"]]).toEqual([args, code(expected)]);
      expect([args, exit]).toEqual([args, localCodes[expected]]);
    }
  });

  it("say where the card is to whom they met elsewhere, and what is no card", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "empty.json"), " \n");
    const html = await wireAgent({ cardBody: "<html>" });
    for (const [reference, said, hint] of [
      [html.url, "is not an agent card: The agent's answer is not JSON", "Is this the address of an agent?"],
      ["empty.json", "is not an agent card: it is empty", "card get -o json"],
      ["none.json", "cannot be read (no such file)", "https://"],
      ["~/none.json", `the card ${join(homedir(), "none.json")} cannot be read`, "https://"],
      ["file://elsewhere/card.json", "is no file on this machine", "file:///"],
    ] as const) {
      const { stderr } = await parley(["card", "get", "-a", reference], { cwd });
      expect(stderr).toMatch(/^Message: /m);
      expect([reference, stderr]).toEqual([reference, expect.stringContaining(said)]);
      expect([reference, /^Hint: (.*)$/m.exec(stderr)?.[1]]).toEqual([
        reference,
        expect.stringContaining(hint),
      ]);
    }
  });

  it("never lie outside the registry, and what nobody foresaw is INTERNAL", () => {
    const diagnostics = new Diagnostics({ write() {} }, false);
    expect(reportOf(new Error("surprise"), diagnostics)).toMatchObject({
      code: "A2ACLI_ERR_INTERNAL",
      exit: 1,
    });
    for (const [name, exit] of Object.entries(localCodes))
      expect(reportOf(new Failure(name as LocalCode, "x"), diagnostics)).toMatchObject({ code: name, exit });
    expect(Object.keys(localCodes)).toHaveLength(8);
  });
});

describe("exit status", () => {
  it("is 0 for every outcome the agent may come to, which a warning names", async () => {
    for (const state of ["FAILED", "REJECTED", "CANCELED", "INPUT_REQUIRED", "AUTH_REQUIRED"]) {
      const agent = await wireAgent({
        answer: ({ operation }) =>
          operation === "GetTask"
            ? { result: task(`TASK_STATE_${state}`) }
            : { events: [{ task: task("TASK_STATE_WORKING") }, { task: task(`TASK_STATE_${state}`) }] },
      });
      for (const mode of [[], ["--stream"], ["-o", "json"]]) {
        const { code: exit, stdout, stderr } = await parley(["send", "-a", agent.url, ...mode, "x"]);
        expect(exit).toBe(0);
        expect(stdout).toContain(`TASK_STATE_${state}`);
        expect(stderr).toMatch(new RegExp(`^Warning: .*${state}`, "m"));
      }
    }
  });
});
