import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@parley/a2a/node";
import { createOutgoing } from "@parley/a2a/outgoing";
import type { Part, StreamResponse, Task } from "@parley/a2a/protocol";
import { sqlite } from "@parley/a2a/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvAnalyst } from "../src/agent.js";
import { fetchThrough } from "../src/fetch-url.js";
import { csvFile } from "./conversation.js";
import { Caller, statusText } from "./server.js";

const csv = "city,sales\nOslo,3\nRome,4\nRome,5\n";
const asking = [csvFile("a,b;c,d\n1,2;3,4\n5,6;7,8\n")];
const outgoing = createOutgoing({ allow: ["127.0.0.1"] });
const start = (store?: ReturnType<typeof sqlite>) =>
  serve(csvAnalyst(fetchThrough(outgoing)), { port: 0, ...(store && { store }) });

let serving: Awaited<ReturnType<typeof start>>;
let caller: Caller;
beforeAll(async () => {
  serving = await start();
  caller = new Caller(serving.url);
});
afterAll(async () => {
  await serving.close();
  outgoing.close();
});

const contents = (task: Task) =>
  (task.artifacts ?? []).map(({ artifactId, parts: [part] }) => [artifactId, part?.mediaType, kindOf(part)]);
const kindOf = (part: Part | undefined) =>
  ["text", "data", "raw", "url"].find((kind) => part && kind in part);
const report = ["report", "text/markdown", "text"];
const statistics = ["statistics", "application/json", "data"];
const chart = ["chart", "image/svg+xml", "raw"];

describe("a file sent over a stream", () => {
  it("gives progress, then the report, the statistics and the chart, then completes", async () => {
    const sample = readFileSync(new URL("../sales.csv", import.meta.url));
    const events: StreamResponse[] = [];
    for await (const event of caller.stream([csvFile(sample, "sales.csv"), { text: "Summarise this" }])) {
      events.push(event);
    }
    const said = events.flatMap(({ statusUpdate }) => statusUpdate?.status.message?.parts[0]?.text ?? []);
    expect(said[0]).toBe("Reading sales.csv: 14 columns");
    expect(said.at(-1)).toBe("Read 6,000 rows; writing the report");
    const artifacts = events.flatMap(({ artifactUpdate }) => artifactUpdate?.artifact ?? []);
    expect(artifacts.map(({ artifactId }) => artifactId)).toEqual(["report", "statistics", "chart"]);
    expect(artifacts[0]?.parts).toHaveLength(1);
    expect(artifacts[0]?.parts[0]?.text).toMatch(/^# sales\.csv\n\n\*\*6,000 rows × 14 columns\*\*/);
    expect(artifacts[1]?.parts[0]?.data).toMatchObject({ rows: 6000, dateColumn: "order_date" });
    expect(artifacts[2]?.parts[0]?.filename).toBe("chart.svg");
    expect(Buffer.from(artifacts[2]?.parts[0]?.raw ?? "", "base64").toString()).toMatch(
      /^<svg [\s\S]*<\/svg>\n$/,
    );
    expect(events.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
  });
});

describe("acceptedOutputModes", () => {
  const modes: [string[] | undefined, string[][]][] = [
    [undefined, [report, statistics, chart]],
    [["application/json"], [statistics]],
    [["text/markdown"], [report]],
    [["text/plain"], [["report", "text/plain", "text"]]],
    [["image/svg+xml"], [chart]],
    [["text/*"], [report]],
    [
      ["image/*", "application/json"],
      [statistics, chart],
    ],
    [["*/*"], [report, statistics, chart]],
  ];
  it.each(modes)("%j", async (accept, expected) => {
    const task = await caller.send([csvFile(csv)], { accept });
    expect(task.status.state).toBe("TASK_STATE_COMPLETED");
    expect(contents(task)).toEqual(expected);
  });
});

describe("a question", () => {
  it("is answered within the same task, and asked again after nonsense", async () => {
    const asked = await caller.send(asking);
    expect(asked.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    expect(statusText(asked)).toContain("Which delimiter separates the columns of data.csv?");
    const again = await caller.send("banana", { taskId: asked.id });
    expect(again.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    expect(statusText(again)).toContain("I cannot match “banana” to an option.");
    const done = await caller.send("semicolon", { taskId: asked.id });
    expect(done).toMatchObject({ id: asked.id, status: { state: "TASK_STATE_COMPLETED" } });
    expect(done.artifacts?.[1]?.parts[0]?.data).toMatchObject({
      columns: [{ name: "a,b" }, { name: "c,d" }],
    });
  });

  it("is answered after a restart of the server", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csv-analyst-"));
    try {
      const before = await start(sqlite(join(folder, "tasks.db")));
      const asked = await new Caller(before.url).send([
        csvFile("from,to,n\n2024-01-01,2024-02-02,1\n2024-01-02,2024-02-03,2\n"),
      ]);
      expect(statusText(asked)).toContain("Which column is the date?");
      await before.close();
      const after = await start(sqlite(join(folder, "tasks.db")));
      const done = await new Caller(after.url).send("to", { taskId: asked.id });
      await after.close();
      expect(done).toMatchObject({ id: asked.id, status: { state: "TASK_STATE_COMPLETED" } });
      expect(done.artifacts?.[1]?.parts[0]?.data).toMatchObject({ dateColumn: "to" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("asks for a CSV when there is none", async () => {
    const asked = await caller.send("Hello");
    expect(asked.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    const done = await caller.send(csv, { taskId: asked.id });
    expect(done).toMatchObject({ id: asked.id, status: { state: "TASK_STATE_COMPLETED" } });
  });
});

describe("what is not CSV", () => {
  it("is rejected with the reason and what to send instead", async () => {
    const task = await caller.send([csvFile("%PDF-1.7\n", "report.pdf")]);
    expect(task.status.state).toBe("TASK_STATE_REJECTED");
    expect(statusText(task)).toMatch(
      /^report\.pdf is not CSV\. It is a PDF document\.\n\nSend a CSV instead/,
    );
  });
});

describe("a URL", () => {
  it("is fetched, as a part and in a text", async () => {
    const web = createServer((_, response) => response.end(csv));
    const url = await listening(web);
    for (const content of [[{ url: `${url}/sales.csv` }], `Analyze ${url}/sales.csv`]) {
      const task = await caller.send(content);
      expect(task.status.state).toBe("TASK_STATE_COMPLETED");
      expect(task.artifacts?.[1]?.parts[0]?.data).toMatchObject({ rows: 3, source: { name: "sales.csv" } });
    }
    web.close();
  });

  it("that answers with an error, or points inside, fails and says why", async () => {
    const web = createServer((_, response) => response.writeHead(404).end());
    const url = await listening(web);
    const missing = await caller.send(`Analyze ${url}/sales.csv`);
    expect(missing.status.state).toBe("TASK_STATE_FAILED");
    expect(statusText(missing)).toContain("answered 404");
    web.close();
    const inside = await caller.send("Analyze http://10.0.0.1/sales.csv");
    expect(inside.status.state).toBe("TASK_STATE_FAILED");
    expect(statusText(inside)).toContain("I could not fetch the CSV");
  });

  it("is let go when its task is canceled in the middle", async () => {
    let gone: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const web = createServer((_, response) => {
      response.write("a,b\n");
      const timer = setInterval(() => response.write("1,2\n".repeat(20_000)), 5);
      response.on("close", () => {
        clearInterval(timer);
        gone?.();
      });
    });
    const url = await listening(web);
    let last: StreamResponse | undefined;
    let taskId = "";
    for await (const event of caller.stream(`Analyze ${url}/endless.csv`)) {
      last = event;
      taskId ||= event.task?.id ?? "";
      const said = event.statusUpdate?.status.message?.parts[0]?.text ?? "";
      if (/^Read \d/.test(said)) await caller.call("CancelTask", { id: taskId });
    }
    expect(last?.statusUpdate?.status.state).toBe("TASK_STATE_CANCELED");
    await closed;
    web.close();
  });
});

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
