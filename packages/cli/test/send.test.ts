import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, parley } from "./harness.js";
import { status, task, wireAgent } from "./wire-agent.js";

const done = task("TASK_STATE_COMPLETED", { artifacts: [{ artifactId: "a", parts: [{ text: "hello" }] }] });

/** Answers a stream that completes, and GetTask. */
const completes = () =>
  wireAgent({
    answer: ({ operation }) =>
      operation === "SendStreamingMessage"
        ? { events: [{ task: task("TASK_STATE_SUBMITTED") }, status("TASK_STATE_COMPLETED")] }
        : { result: done },
  });

interface SentMessage {
  readonly messageId: string;
  readonly parts: Record<string, unknown>[];
  readonly taskId?: string;
  readonly contextId?: string;
}

const sent = (params: Record<string, unknown> | undefined): SentMessage => params?.["message"] as SentMessage;

describe("send", () => {
  it("starts an interaction without inventing identifiers of the server", async () => {
    const agent = await completes();
    const { code } = await parley(["send", "-a", agent.url, "Hello"]);
    expect(code).toBe(0);
    const message = sent(agent.asked[0]?.params);
    expect(message).toMatchObject({ role: "ROLE_USER", parts: [{ text: "Hello" }] });
    expect(message.messageId).toMatch(/./);
    expect(message).not.toHaveProperty("taskId");
    expect(message).not.toHaveProperty("contextId");
  });

  it("waits for the end by default and prints the artifacts", async () => {
    const agent = await completes();
    const { stdout, stderr } = await parley(["send", "-a", agent.url, "Hello"]);
    expect(stdout).toBe(
      [
        "Artifact: a",
        "Text:",
        "  hello",
        "",
        "Task ID: t-1",
        "Context ID: c-1",
        "State: TASK_STATE_COMPLETED",
        `Next: parley send -a ${agent.url} --context-id c-1 "<message>"`,
        "",
      ].join("\n"),
    );
    expect(stderr).toContain("SUBMITTED");
  });

  it("returns at once with --async, and with its aliases", async () => {
    const agent = await wireAgent({ answer: () => ({ result: { task: task("TASK_STATE_WORKING") } }) });
    for (const flag of ["--async", "--return-immediately", "--no-wait"]) {
      const { code, document } = await parley(["send", "-a", agent.url, flag, "-o", "json", "Hello"]);
      expect(code).toBe(0);
      expect(document()).toEqual({ task: task("TASK_STATE_WORKING") });
    }
    expect(agent.asked.map(({ operation }) => operation)).toEqual([
      "SendMessage",
      "SendMessage",
      "SendMessage",
    ]);
    expect(agent.asked[0]?.params["configuration"]).toMatchObject({ returnImmediately: true });
  });

  it("prints the command that goes on after --async", async () => {
    const agent = await wireAgent({ answer: () => ({ result: { task: task("TASK_STATE_WORKING") } }) });
    const { stdout } = await parley(["send", "--async", "Hello"], { env: { A2ACLI_AGENT_CARD: agent.url } });
    expect(stdout).toContain("Task ID: t-1\nContext ID: c-1\nState: TASK_STATE_WORKING\n");
    expect(stdout).toContain("Next: parley task get --wait t-1\n");
    const env = { A2ACLI_AGENT_CARD: agent.url, npm_command: "exec" };
    const byNpx = await parley(["send", "--async", "Hello"], { env });
    expect(byNpx.stdout).toContain("Next: npx parley task get --wait t-1\n");
  });

  it("takes a direct message for an answer, not for an error", async () => {
    const reply = { messageId: "r", contextId: "c-1", role: "ROLE_AGENT", parts: [{ text: "Hi" }] };
    const agent = await wireAgent({
      answer: ({ operation }) =>
        operation === "SendStreamingMessage"
          ? { events: [{ message: reply }] }
          : { result: { message: reply } },
    });
    for (const mode of [[], ["--stream"], ["--async"]]) {
      const json = await parley(["send", "-a", agent.url, "-o", "json", ...mode, "Hello"]);
      expect(json.code).toBe(0);
      expect(json.document()).toEqual({ message: reply });
      expect((await parley(["send", "-a", agent.url, ...mode, "Hello"])).stdout).toBe(
        `Reply: Hi\nContext ID: c-1\nTask ID: (none: the agent answered directly)\nNext: parley send -a ${agent.url} --context-id c-1 "<message>"\n`,
      );
    }
  });

  it("puts parts in the order of their flags, the positional text first", async () => {
    const agent = await completes();
    const cwd = folder();
    writeFileSync(join(cwd, "sales.csv"), "a,b\n1,2\n");
    writeFileSync(join(cwd, "options.json"), '{"deep":[null]}');
    await parley(
      [
        "send",
        "-a",
        agent.url,
        "first",
        "--file",
        "sales.csv",
        "--text",
        "-o",
        "--data",
        "options.json",
        "--file",
        "https://example.com/d/more.csv?x=1",
        "--data",
        "-",
        "--text",
        "last",
      ],
      { cwd, stdin: "null" },
    );
    expect(sent(agent.asked[0]?.params).parts).toEqual([
      { text: "first" },
      { raw: Buffer.from("a,b\n1,2\n").toString("base64"), filename: "sales.csv", mediaType: "text/csv" },
      { text: "-o" },
      { data: { deep: [null] } },
      { url: "https://example.com/d/more.csv?x=1", filename: "more.csv", mediaType: "text/csv" },
      { data: null },
      { text: "last" },
    ]);
  });

  it("sends any URL by reference, and says what keeps it from reading a file", async () => {
    const agent = await completes();
    const cwd = folder();
    await parley(["send", "-a", agent.url, "--file", "s3://bucket/a.pdf"], { cwd });
    expect(sent(agent.asked[0]?.params).parts).toEqual([
      { url: "s3://bucket/a.pdf", filename: "a.pdf", mediaType: "application/pdf" },
    ]);
    for (const [reference, said] of [
      ["none.csv", "--file: none.csv cannot be read (no such file)"],
      [".", "--file: . cannot be read (it is a folder)"],
      ["file://elsewhere/a.csv", "file://elsewhere/a.csv is no file on this machine"],
    ] as const) {
      const { code, stderr } = await parley(["send", "-a", agent.url, "--file", reference], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`Message: ${said}\n`)]);
    }
  });

  it("binds --media-type to the part before it, and guesses only without one", async () => {
    const agent = await completes();
    const cwd = folder();
    for (const name of ["report.bin", "sales.csv", "plain"]) writeFileSync(join(cwd, name), "x");
    const flags = [
      "--file",
      "report.bin",
      "--media-type",
      "application/pdf",
      "--file",
      "sales.csv",
      "--file",
      "plain",
    ];
    await parley(["send", "-a", agent.url, ...flags, "--text", "# T", "--media-type", "text/markdown"], {
      cwd,
    });
    expect(sent(agent.asked[0]?.params).parts.map((part) => part["mediaType"])).toEqual([
      "application/pdf",
      "text/csv",
      undefined,
      "text/markdown",
    ]);
    for (const flags of [
      ["--media-type", "text/csv", "--text", "x"],
      ["--text", "x", "--media-type", "text/csv", "--media-type", "text/csv"],
      ["--text", "x", "--media-type", "nonsense"],
    ])
      expect((await parley(["send", "-a", agent.url, ...flags])).code).toBe(2);
  });

  it("reads the text from stdin for -, and nothing from it unasked", async () => {
    const agent = await completes();
    await parley(["send", "-a", agent.url, "-"], { stdin: "piped\ntext" });
    expect(sent(agent.asked[0]?.params).parts).toEqual([{ text: "piped\ntext" }]);
    expect((await parley(["send", "-a", agent.url], { stdin: "piped" })).code).toBe(2);
    expect((await parley(["send", "-a", agent.url, "-", "--data", "-"], { stdin: "1" })).code).toBe(2);
  });

  it("sends metadata, accepted media types and existing identifiers as they were given", async () => {
    const agent = await completes();
    const flags = ["--metadata", '{"k":{"v":1}}', "--accept", "text/csv", "--accept", "application/json"];
    await parley(["send", "-a", agent.url, ...flags, "--task-id", "t-1", "--context-id", "c-1", "Hello"]);
    const params: Record<string, unknown> = agent.asked[0]?.params ?? {};
    expect(params["metadata"]).toEqual({ k: { v: 1 } });
    expect(params["configuration"]).toMatchObject({ acceptedOutputModes: ["text/csv", "application/json"] });
    expect(sent(params)).toMatchObject({ taskId: "t-1", contextId: "c-1" });
  });

  it("shows everything that was sent and received with --verbose", async () => {
    const agent = await completes();
    const { stdout } = await parley([
      "send",
      "-a",
      agent.url,
      "--verbose",
      "--text",
      "x",
      "--media-type",
      "text/plain",
    ]);
    expect(stdout).toMatch(
      /^Sent: [0-9a-f-]{36}\nRole: ROLE_USER\nMedia type: text\/plain\nText:\n {2}x\n\n/,
    );
  });
});
