import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { artifact, data, defineAgent, file, inputRequired, text, url, working } from "@parley/a2a";
import { type Serving, serve } from "@parley/a2a/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folder, parley } from "./harness.js";

const agent = defineAgent({
  card: {
    name: "Reporter",
    description: "Makes reports",
    version: "1.0.0",
    skills: [{ id: "report", name: "Report", description: "Makes one", tags: ["demo"] }],
    defaultInputModes: ["*/*"],
    defaultOutputModes: ["*/*"],
  },
  async *execute(request, context) {
    yield working(`Reading ${request.parts.length} parts`);
    if (request.text === "hold")
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    if (request.text === "ask") {
      const answer = yield inputRequired("Which column?");
      yield artifact("answer", text(answer.parts[0]?.text ?? ""));
      return;
    }
    yield artifact("report", text("# Report\n", { mediaType: "text/markdown" }), { name: "report" });
    yield artifact("numbers", [data({ rows: 3 }), file("../../chart.svg", "<svg/>", "image/svg+xml")]);
    yield artifact("same", [
      file("report.md", "one"),
      file("REPORT.md", "two"),
      url("https://example.com/big.csv"),
    ]);
  },
});

let server: Serving;
beforeAll(async () => {
  server = await serve(agent);
});
afterAll(() => server.close());

const ask = (args: string[], options?: Parameters<typeof parley>[1]) =>
  parley([...args, "-a", server.url], options);

interface TaskDocument {
  readonly id: string;
  readonly contextId: string;
  readonly status: { readonly state: string };
}

async function send(words: string, ...flags: string[]): Promise<TaskDocument> {
  const { document } = await ask(["send", words, "-o", "json", ...flags]);
  return document()["task"] as TaskDocument;
}

describe("against a real server", () => {
  it("sends, waits and prints progress apart from the result", async () => {
    const { code, stdout, stderr } = await ask(["send", "Hello"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Artifact: report\nText:\n {2}# Report\n\nArtifact: numbers\nData:\n {2}\{\n {4}"rows": 3\n {2}\}\n\n/,
    );
    expect(stdout).toContain("File: ../../chart.svg\nMedia type: image/svg+xml\nSize: 6 bytes\n");
    expect(stdout).toContain("URL: https://example.com/big.csv\n");
    expect(stdout).toMatch(
      /\nTask ID: \S+\nContext ID: \S+\nState: TASK_STATE_COMPLETED\nSave: .*\nNext: .*\n$/,
    );
    expect(stderr).toMatch(/^Task ID: \S+\nSUBMITTED\nWORKING: Reading 1 parts\nArtifact: report\n/);
  });

  it("streams a file and prints the artifacts", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "sales.csv"), "a,b\n1,2\n");
    const { code, stdout } = await ask(["send", "--stream", "--file", "sales.csv", "Summarise this"], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("State: TASK_STATE_WORKING\nMessage: Reading 2 parts\n");
    expect(stdout).toContain("Text:\n  # Report\n");
    expect(stdout.trimEnd().split("\n").slice(-5, -2)).toEqual([
      expect.stringMatching(/^Task ID: /),
      expect.stringMatching(/^Context ID: /),
      "State: TASK_STATE_COMPLETED",
    ]);
  });

  it("continues a task that asked, by the command that it printed", async () => {
    const { code, stdout } = await ask(["send", "ask"]);
    expect(code).toBe(0);
    const id = /--task-id (\S+) "<reply>"/.exec(stdout)?.[1] ?? "";
    const { document } = await ask(["send", "--task-id", id, "the second", "-o", "json"]);
    expect(document()["task"]).toMatchObject({ id, status: { state: "TASK_STATE_COMPLETED" } });
    expect((await ask(["task", "get", id])).stdout).toContain("  the second\n");
  });

  it("groups a new task with a context, and refuses identifiers that do not belong together", async () => {
    const first = await send("one");
    const second = await send("two", "--context-id", first.contextId);
    expect(second.contextId).toBe(first.contextId);
    expect(second.id).not.toBe(first.id);
    const asking = await send("ask");
    const mismatch = await ask([
      "send",
      "--task-id",
      asking.id,
      "--context-id",
      first.contextId,
      "x",
      "-o",
      "json",
    ]);
    expect(mismatch.code).toBe(1);
    expect(mismatch.document()["error"]).toMatchObject({ code: "InvalidParamsError" });
    const ended = await ask(["send", "--task-id", first.id, "x", "-o", "json"]);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.document()["error"]).toMatchObject({ code: "UnsupportedOperationError" });
    expect(
      (await ask(["task", "list", "--context-id", first.contextId, "-o", "json"])).document(),
    ).toMatchObject({ totalSize: 2 });
  });
});

describe("task get", () => {
  it("prints state, artifacts and, when asked, the messages", async () => {
    const { id, contextId } = await send("Hello");
    const plain = await ask(["task", "get", id]);
    expect(plain.stdout).toContain(`Task ID: ${id}\nContext ID: ${contextId}\nState: TASK_STATE_COMPLETED\n`);
    expect(plain.stdout).not.toContain("You: ");
    const { stdout } = await ask(["task", "get", "--history", "5", id]);
    expect(stdout).toMatch(/^You: Hello\n\nAgent: Reading 1 parts\n\nArtifact: report\n/);
    const json = await ask(["task", "get", id, "-o", "json"]);
    expect(json.document()).toMatchObject({ id, artifacts: [{}, {}, {}] });
    expect((await ask(["task", "get", "--history", "0", id, "-o", "json"])).document()).not.toHaveProperty(
      "history",
    );
  });
});

describe("task cancel", () => {
  it("reports the state, also the second time", async () => {
    const { id } = await send("hold", "--async");
    for (let time = 0; time < 2; time++) {
      const { code, document } = await ask(["task", "cancel", id, "-o", "json"]);
      expect(code).toBe(0);
      expect(document()).toMatchObject({ id, status: { state: "TASK_STATE_CANCELED" } });
    }
    expect((await ask(["task", "cancel", id])).stdout).toContain("State: TASK_STATE_CANCELED\n");
  });

  it("says how a task ended that cannot be canceled any more", async () => {
    const { id } = await send("Hello");
    const { code, stderr } = await ask(["task", "cancel", id]);
    expect(code).toBe(1);
    expect(stderr).toContain("Error: TaskNotCancelableError\n");
    expect(stderr).toContain("(it is TASK_STATE_COMPLETED)");
  });
});

describe("task list", () => {
  it("filters by state and context, page by page", async () => {
    const { contextId } = await send("one");
    await send("ask", "--context-id", contextId);
    await send("two", "--context-id", contextId);
    const list = async (...flags: string[]) =>
      (await ask(["task", "list", "--context-id", contextId, "-o", "json", ...flags])).document() as {
        tasks: TaskDocument[];
        nextPageToken: string;
        totalSize: number;
      };
    expect((await list()).tasks).toHaveLength(3);
    expect((await list("--status", "input-required")).tasks).toHaveLength(1);
    expect((await list("--status", "TASK_STATE_COMPLETED")).tasks).toHaveLength(2);
    expect((await list("--updated-after", "2100-01-01")).tasks).toEqual([]);
    const first = await list("--page-size", "2");
    expect(first.tasks).toHaveLength(2);
    const rest = await list("--page-size", "2", "--page-token", first.nextPageToken);
    expect([...first.tasks, ...rest.tasks].map(({ id }) => id)).toEqual(
      (await list()).tasks.map(({ id }) => id),
    );
    expect(await list("--page-size", "1", "--all")).toMatchObject({ tasks: [{}, {}, {}], nextPageToken: "" });
    const jsonl = await ask(["task", "list", "--context-id", contextId, "-o", "json", "--stream"]);
    expect(jsonl.lines()).toHaveLength(3);
    const { stdout } = await ask(["task", "list", "--context-id", contextId, "--page-size", "2"]);
    expect(stdout.match(/^Task ID: /gm)).toHaveLength(2);
    expect(stdout).toContain("Shown: 2\nTotal: 3\nNext: parley task list");
    const next = /^Next: parley (.*)$/m.exec(stdout)?.[1] ?? "";
    expect(next).toContain(` --context-id ${contextId} --page-size 2 --page-token `);
    expect((await ask(next.split(" "))).stdout.match(/^Task ID: /gm)).toHaveLength(1);
    expect(stdout).not.toContain("Artifact: ");
    expect((await ask(["task", "list", "--context-id", contextId, "--artifacts"])).stdout).toContain(
      "Artifact: report\n",
    );
  });

  it("refuses states and times that do not exist", async () => {
    expect((await ask(["task", "list", "--status", "sleeping"])).code).toBe(2);
    expect((await ask(["task", "list", "--updated-after", "soon"])).code).toBe(2);
  });
});

describe("task subscribe", () => {
  it("follows a task of an earlier command until it settles", async () => {
    const { id } = await send("hold", "--async");
    let canceled = false;
    const { code, lines } = await ask(["task", "subscribe", "--stream", "-o", "json", id], {
      onOutput: (stream) => {
        if (stream === "stdout" && !canceled) void ask(["task", "cancel", id]);
        canceled = true;
      },
    });
    expect(code).toBe(0);
    expect(lines()[0]).toMatchObject({ task: { id } });
    expect(JSON.stringify(lines().at(-1))).toContain("TASK_STATE_CANCELED");
  });
});

describe("task download", () => {
  it("saves every part under a safe name of its own", async () => {
    const { id } = await send("Hello");
    const cwd = folder();
    const { code, stdout, stderr } = await ask(["task", "download", "--dir", "out", id], { cwd });
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual(["out"]);
    const saved = readdirSync(join(cwd, "out")).sort();
    expect(saved).toEqual(["REPORT-3.md", "chart.svg", "numbers.json", "report-2.md", "report.md"]);
    const read = (name: string) => readFileSync(join(cwd, "out", name), "utf8");
    expect(read("report.md")).toBe("# Report\n");
    expect(JSON.parse(read("numbers.json"))).toEqual({ rows: 3 });
    expect(read("chart.svg")).toBe("<svg/>");
    expect(read("report-2.md") + read("REPORT-3.md")).toBe("onetwo");
    expect(stdout).toContain("Saved: out/chart.svg\nMedia type: image/svg+xml\nSize: 6 bytes\n");
    expect(stdout).toContain(`Task ID: ${id}\n`);
    expect(stderr).toContain("Warning: not saved, it is only referred to: https://example.com/big.csv");
  });

  it("overwrites only with --force, and never through a link", async () => {
    const { id } = await send("Hello");
    const cwd = folder();
    const outside = join(folder(), "precious");
    writeFileSync(outside, "precious");
    mkdirSync(join(cwd, "out"));
    symlinkSync(outside, join(cwd, "out", "chart.svg"));
    const only = ["task", "download", "--dir", "out", "--artifact", "numbers", id];
    const refused = await ask(only, { cwd });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") });
    expect(existsSync(join(cwd, "out", "numbers.json"))).toBe(false);
    expect((await ask([...only, "--force"], { cwd })).code).toBe(0);
    expect(readFileSync(outside, "utf8")).toBe("precious");
    expect(readFileSync(join(cwd, "out", "chart.svg"), "utf8")).toBe("<svg/>");
  });

  it("says where it cannot save", async () => {
    const { id } = await send("Hello");
    const cwd = folder();
    writeFileSync(join(cwd, "taken"), "");
    for (const [dir, reason] of [
      ["taken", "it is not a folder"],
      ["taken/below", "no such file"],
    ] as const) {
      const { code, stderr } = await ask(["task", "download", "--dir", dir, id], { cwd });
      expect(stderr).toContain(`Message: --dir: ${dir} cannot be written (${reason})\n`);
      expect(code).toBe(2);
    }
  });

  it("prints the task with -o json, and refuses an artifact that is not there", async () => {
    const { id } = await send("Hello");
    const cwd = folder();
    const json = await ask(["task", "download", "-o", "json", id], { cwd });
    expect(json.document()).toMatchObject({ id, artifacts: [{}, {}, {}] });
    expect(json.stderr).toContain("Saved: chart.svg");
    const none = await ask(["task", "download", "--artifact", "nope", id], { cwd });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("It has: report, numbers, same") });
  });
});
