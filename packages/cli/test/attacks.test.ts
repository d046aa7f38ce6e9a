/** Agents that answer so that printing or saving it takes for ever, or all the memory there is. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { safeFileName } from "../src/file-name.js";
import { TextWriter } from "../src/output/text.js";
import { run } from "../src/run.js";
import { folder } from "./harness.js";
import { status, task, wireAgent } from "./wire-agent.js";

const many = 1_000_000;

describe("an agent's text", () => {
  it("of blanks between two words is printed at once", () => {
    let printed = "";
    new TextWriter({
      write: (text) => {
        printed += text;
      },
    }).block("Text", `a${"\t".repeat(many)}b \n`);
    expect(printed).toHaveLength("Text:\n  ab\n\n".length + many);
  });

  it("of dots as a file name is cut at once", () => {
    expect(safeFileName(`a${".".repeat(many)}/${". ".repeat(many)}report.csv`)).toBe("report.csv");
    expect(safeFileName(`a${".".repeat(many)}b`)).toBe("b");
  });
});

describe("an agent that does not stop talking", () => {
  const talk = Array.from({ length: 2000 }, (_, i) =>
    status("TASK_STATE_WORKING", `${i} ${"x".repeat(500)}`),
  );
  const story = [{ task: task("TASK_STATE_WORKING") }, ...talk, status("TASK_STATE_COMPLETED")];
  const start = async (signal: AbortSignal) => {
    const agent = await wireAgent({ answer: () => ({ events: story }) });
    const stdout = new PassThrough({ highWaterMark: 10_000 });
    const home = folder();
    const done = run(["send", "--stream", "-o", "json", "-a", agent.url, "x"], {
      stdout,
      stderr: { write() {} },
      stdin: (async function* () {})(),
      env: { HOME: home },
      cwd: home,
      signal,
    });
    return { stdout, done };
  };

  it("is read as fast as the output is, and completely", async () => {
    const { stdout, done } = await start(new AbortController().signal);
    let lines = 0;
    let most = 0;
    for await (const chunk of stdout.setEncoding("utf8")) {
      lines += String(chunk).split("\n").length - 1;
      most = Math.max(most, stdout.writableLength + stdout.readableLength);
      await new Promise((resolve) => setImmediate(resolve));
      if (lines === story.length) break;
    }
    expect(await done).toBe(0);
    expect(most).toBeLessThan(50_000);
  });

  it("can be stopped while nobody reads", async () => {
    const stop = new AbortController();
    const { stdout, done } = await start(stop.signal);
    await expect.poll(() => stdout.writableNeedDrain).toBe(true);
    stop.abort("SIGINT");
    expect(await done).toBe(130);
  });
});
