import { describe, expect, it } from "vitest";
import { parley } from "./harness.js";
import { status, task, wireAgent } from "./wire-agent.js";

const chunk = (text: string, more: Record<string, unknown> = {}) => ({
  artifactUpdate: {
    taskId: "t-1",
    contextId: "c-1",
    artifact: { artifactId: "a", parts: [{ text }] },
    ...more,
  },
});

const story = [
  { task: task("TASK_STATE_SUBMITTED") },
  status("TASK_STATE_WORKING", "Reading 12,000 rows"),
  chunk("# Re"),
  chunk("port\n\nState: TASK_STATE_FAILED", { append: true, lastChunk: true }),
  status("TASK_STATE_COMPLETED"),
];

const streams = (events: readonly unknown[], finish?: "cut" | "hang") =>
  wireAgent({ answer: () => ({ events, ...(finish && { finish }) }) });

describe("--stream", () => {
  it("prints every event as one line of JSON, the last one carrying the end", async () => {
    const agent = await streams(story);
    const { code, lines } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"]);
    expect(code).toBe(0);
    expect(lines()).toEqual(story);
  });

  it("prints text in fields and blocks; chunks grow one block, and nothing in it passes for a field", async () => {
    const agent = await streams(story);
    const { stdout } = await parley(["send", "--stream", "x"], { env: { A2ACLI_AGENT_CARD: agent.url } });
    expect(stdout).toBe(`Task ID: t-1
Context ID: c-1
State: TASK_STATE_SUBMITTED

State: TASK_STATE_WORKING
Message: Reading 12,000 rows

Artifact: a
Text:
  # Report
${"  "}
  State: TASK_STATE_FAILED

Task ID: t-1
Context ID: c-1
State: TASK_STATE_COMPLETED
Next: parley send --context-id c-1 "<message>"
`);
  });

  it("writes events when they come, not at the end", async () => {
    const stop = new AbortController();
    const agent = await streams(story.slice(0, 2), "hang");
    const { code, lines } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"], {
      signal: stop.signal,
      onOutput: (stream, all) => {
        if (stream === "stdout" && all.split("\n").length === 3) stop.abort("SIGINT");
      },
    });
    expect(lines()).toEqual(story.slice(0, 2));
    expect(code).toBe(130);
  });

  it("stops at INPUT_REQUIRED although the stream stays open", async () => {
    const agent = await streams([story[0], status("TASK_STATE_INPUT_REQUIRED", "Which column?")], "hang");
    const { code, stdout, stderr } = await parley(["send", "-a", agent.url, "--stream", "x"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `State: TASK_STATE_INPUT_REQUIRED\nMessage: Which column?\nNext: parley send -a ${agent.url} --task-id t-1 "<reply>"\n`,
    );
    expect(stderr).toContain("Warning: the task waits for your reply (INPUT_REQUIRED): Which column?");
  });

  it("goes on past the old pause in the first snapshot when it continues a task", async () => {
    const agent = await streams([
      { task: task("TASK_STATE_INPUT_REQUIRED") },
      status("TASK_STATE_COMPLETED"),
    ]);
    const { lines } = await parley([
      "send",
      "-a",
      agent.url,
      "-o",
      "json",
      "--stream",
      "--task-id",
      "t-1",
      "yes",
    ]);
    expect(lines()).toHaveLength(2);
  });

  it("polls where the agent does not stream, still one object per line", async () => {
    const agent = await wireAgent({
      card: { capabilities: {} },
      answer: ({ operation }) =>
        operation === "SendMessage"
          ? { result: { task: task("TASK_STATE_WORKING") } }
          : { result: task("TASK_STATE_COMPLETED") },
    });
    const { code, lines, stderr } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"]);
    expect(code).toBe(0);
    expect(lines()).toEqual([{ task: task("TASK_STATE_WORKING") }, { task: task("TASK_STATE_COMPLETED") }]);
    expect(stderr).toContain("does not stream");
    expect(agent.asked.map(({ operation }) => operation)).toEqual(["SendMessage", "GetTask"]);
  });

  it("ends with what polling finds when the agent closes the stream too early", async () => {
    const agent = await wireAgent({
      answer: ({ operation }) =>
        operation === "GetTask"
          ? { result: task("TASK_STATE_COMPLETED") }
          : { events: operation === "SubscribeToTask" ? story.slice(0, 1) : story.slice(0, 3) },
    });
    const { lines } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"]);
    expect(lines().at(-1)).toEqual({ task: task("TASK_STATE_COMPLETED") });
  });

  it("ends with an error object on a line of its own when the agent ends the stream so", async () => {
    const agent = await wireAgent({
      answer: () => ({ error: { code: -32005, message: "No CSV", reason: "CONTENT_TYPE_NOT_SUPPORTED" } }),
    });
    const { code, lines } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"]);
    expect(code).toBe(1);
    expect(lines()).toEqual([
      {
        error: expect.objectContaining({
          code: "ContentTypeNotSupportedError",
          message: "No CSV",
          a2aCode: -32005,
        }),
      },
    ]);
  });

  it("is never read from the environment or a file", async () => {
    const agent = await streams(story);
    const env = { A2ACLI_STREAM: "true", A2ACLI_ASYNC: "true" };
    const { stdout } = await parley(["send", "-a", agent.url, "-o", "json", "x"], { env });
    expect(stdout.split("\n").length).toBeGreaterThan(2);
    expect(agent.asked[0]?.operation).toBe("SendMessage");
    expect((await parley(["config", "show"], { env: { A2ACLI_STREAM: "true" } })).stdout).not.toContain(
      "stream",
    );
  });

  it("contradicts --async", async () => {
    expect((await parley(["send", "-a", "http://localhost:1", "--stream", "--async", "x"])).code).toBe(2);
  });
});

describe("task subscribe", () => {
  it("prints the events with --stream, and the task without", async () => {
    const agent = await wireAgent({
      answer: ({ operation }) =>
        operation === "GetTask" ? { result: task("TASK_STATE_COMPLETED") } : { events: story },
    });
    const flags = ["-a", agent.url, "-o", "json", "t-1"];
    expect((await parley(["task", "subscribe", "--stream", ...flags])).lines()).toEqual(story);
    const quiet = await parley(["task", "subscribe", ...flags]);
    expect(quiet.document()).toEqual(task("TASK_STATE_COMPLETED"));
    expect(quiet.stderr).toContain("WORKING: Reading 12,000 rows");
    expect(agent.asked[0]).toMatchObject({ operation: "SubscribeToTask", params: { id: "t-1" } });
  });

  it("polls where the agent does not stream", async () => {
    const agent = await wireAgent({
      card: { capabilities: {} },
      answer: () => ({ result: task("TASK_STATE_COMPLETED") }),
    });
    const { code, lines } = await parley([
      "task",
      "subscribe",
      "--stream",
      "-a",
      agent.url,
      "-o",
      "json",
      "t-1",
    ]);
    expect(code).toBe(0);
    expect(lines()).toEqual([{ task: task("TASK_STATE_COMPLETED") }]);
  });

  it("resumes by subscribing when the connection is cut", async () => {
    const agent = await wireAgent({
      answer: (_, earlier) =>
        earlier.length === 0
          ? { events: story.slice(0, 2), finish: "cut" }
          : { events: [{ task: task("TASK_STATE_WORKING") }, ...story.slice(4)] },
    });
    const { code, lines } = await parley(["send", "-a", agent.url, "-o", "json", "--stream", "x"]);
    expect(code).toBe(0);
    expect(lines().at(-1)).toEqual(story.at(-1));
    expect(agent.asked.map(({ operation }) => operation)).toEqual([
      "SendStreamingMessage",
      "SubscribeToTask",
    ]);
  });
});
