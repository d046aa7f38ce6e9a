import { describe, expect, it } from "vitest";
import { parley } from "./harness.js";
import { status, task, wireAgent } from "./wire-agent.js";

const quick = ["--poll-interval", "60ms"];

/** Works for `looks` looks, then shows `end`. */
const working = (looks: number, end: string) =>
  wireAgent({
    answer: (_, earlier) => ({ result: task(earlier.length < looks ? "TASK_STATE_WORKING" : end) }),
  });

describe("polling", () => {
  it("looks once without --wait, and until the end with it", async () => {
    const agent = await working(3, "TASK_STATE_COMPLETED");
    const once = await parley(["task", "get", "-a", agent.url, "-o", "json", "t-1"]);
    expect(once.document()).toEqual(task("TASK_STATE_WORKING"));
    expect(agent.asked).toHaveLength(1);
    const { code, document } = await parley([
      "task",
      "get",
      "--wait",
      "-a",
      agent.url,
      "-o",
      "json",
      ...quick,
      "t-1",
    ]);
    expect(code).toBe(0);
    expect(document()).toEqual(task("TASK_STATE_COMPLETED"));
    expect(agent.asked).toHaveLength(4);
  });

  it("stops at once where the task needs its caller", async () => {
    for (const state of ["TASK_STATE_INPUT_REQUIRED", "TASK_STATE_AUTH_REQUIRED"]) {
      const agent = await working(1, state);
      const { code, stdout, stderr } = await parley([
        "task",
        "get",
        "--wait",
        "-a",
        agent.url,
        ...quick,
        "t-1",
      ]);
      expect(code).toBe(0);
      expect(stdout).toContain(
        `State: ${state}\nNext: parley send -a ${agent.url} --task-id t-1 "<reply>"\n`,
      );
      expect(stderr).toContain("Warning: the task waits for");
      expect(agent.asked).toHaveLength(2);
    }
  });

  it("takes --watch for --wait", async () => {
    const agent = await working(1, "TASK_STATE_COMPLETED");
    const { stdout } = await parley(["task", "get", "--watch", "-a", agent.url, ...quick, "t-1"]);
    expect(stdout).toContain("TASK_STATE_COMPLETED");
  });

  it("gives up after --timeout with the code and the status for it, naming the task", async () => {
    const agent = await working(Number.POSITIVE_INFINITY, "");
    const flags = ["--timeout", "150ms", "-a", agent.url, ...quick, "t-1"];
    const { code, document } = await parley(["task", "get", "--wait", "-o", "json", ...flags]);
    expect(code).toBe(5);
    expect(document()).toEqual({
      error: {
        code: "A2ACLI_ERR_TIMEOUT",
        message: "nothing final within 0.15 s",
        hint: `The task goes on; wait for it with: parley task get -a ${agent.url} --wait t-1`,
        a2aCode: null,
      },
    });
  });

  it("keeps the pauses of --poll-interval instead of looking without pause", async () => {
    const agent = await working(Number.POSITIVE_INFINITY, "");
    await parley([
      "task",
      "get",
      "--wait",
      "--timeout",
      "400ms",
      "--poll-interval",
      "0",
      "-a",
      agent.url,
      "t-1",
    ]);
    expect(agent.asked.length).toBeGreaterThan(1);
    expect(agent.asked.length).toBeLessThan(12);
  });

  it("survives an agent that does not answer for a while", async () => {
    const agent = await wireAgent({
      answer: (_, earlier) =>
        earlier.length === 1
          ? { status: 503 }
          : { result: task(earlier.length < 2 ? "TASK_STATE_WORKING" : "TASK_STATE_COMPLETED") },
    });
    const { code, stdout } = await parley(["task", "get", "--wait", "-a", agent.url, ...quick, "t-1"]);
    expect(code).toBe(0);
    expect(stdout).toContain("TASK_STATE_COMPLETED");
  });

  it("has named the task before a signal ends the wait, and says how to go on", async () => {
    const stop = new AbortController();
    const agent = await wireAgent({
      card: { capabilities: {} },
      answer: ({ operation }) =>
        operation === "SendMessage"
          ? { result: { task: task("TASK_STATE_WORKING") } }
          : { result: task("TASK_STATE_WORKING") },
    });
    const { code, stderr, stdout } = await parley(["send", "-a", agent.url, ...quick, "x"], {
      signal: stop.signal,
      onOutput: (_, all) => {
        if (all.includes("Task ID: t-1\n")) stop.abort("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(stdout).toBe("");
    expect(stderr).toContain(`Interrupted; the task goes on. parley task get -a ${agent.url} --wait t-1`);
  });

  it("takes over when the stream of a waiting send cannot be resumed", async () => {
    const agent = await wireAgent({
      answer: ({ operation }) => {
        if (operation === "SendStreamingMessage")
          return {
            events: [{ task: task("TASK_STATE_WORKING") }, status("TASK_STATE_WORKING")],
            finish: "cut",
          };
        return operation === "GetTask" ? { result: task("TASK_STATE_COMPLETED") } : { status: 503 };
      },
    });
    const { code, document, stderr } = await parley(["send", "-a", agent.url, "-o", "json", ...quick, "x"]);
    expect(code).toBe(0);
    expect(document()).toEqual({ task: task("TASK_STATE_COMPLETED") });
    expect(stderr).toContain("polling instead");
  });

  it("takes an unspecified state neither for an end nor for a pause, and reports it as received", async () => {
    const agent = await wireAgent({
      answer: (_, earlier) => ({
        result: task(earlier.length < 2 ? "TASK_STATE_UNSPECIFIED" : "TASK_STATE_COMPLETED"),
      }),
    });
    const once = await parley(["task", "get", "-a", agent.url, "t-1"]);
    expect(once.stdout).toContain("State: TASK_STATE_UNSPECIFIED\n");
    const { code, stdout } = await parley(["task", "get", "--wait", "-a", agent.url, ...quick, "t-1"]);
    expect(code).toBe(0);
    expect(stdout).toContain("TASK_STATE_COMPLETED");
  });
});
