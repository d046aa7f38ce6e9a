import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rows } from "../src/rows/index.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface Report {
  rows: {
    row: string;
    metrics: { id: string; values: { agent: string; median: number }[] }[];
    failures: Record<string, string>;
  }[];
}

function bench(...flags: string[]): { status: number | null; report: Report } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "--quick", "--json", ...flags], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return { status, report: JSON.parse(stdout) as Report };
}

test("every row that the floor takes part in gives a figure for each of its metrics", () => {
  const { status, report } = bench("--agents", "floor");
  const expected = rows.filter((row) => row.agents.includes("floor"));
  expect(report.rows.map(({ row }) => row)).toEqual(expected.map(({ id }) => id));
  for (const { metrics, failures } of report.rows) {
    expect(failures).toEqual({});
    for (const { values } of metrics) {
      expect(values.map(({ agent }) => agent)).toEqual(["floor"]);
      expect(values[0]?.median).toBeTypeOf("number");
    }
  }
  expect(status).toBe(0);
});

test("a wrong answer fails its agent and the run, and says what was wrong", () => {
  const { status, report } = bench(
    "--rows",
    "send-jsonrpc",
    "--agents",
    "floor,wrong=bench/test/fixtures/wrong-agent.json",
  );
  expect(report.rows[0]?.failures.wrong).toMatch(/expected the text "echo number \d+"/);
  expect(report.rows[0]?.metrics[0]?.values.map(({ agent }) => agent)).toEqual(["floor"]);
  expect(status).toBe(1);
});

test("an agent that does not start fails the run", () => {
  const { status, report } = bench("--rows", "send-jsonrpc", "--agents", "absent=bench/package.json");
  expect(report.rows[0]?.failures.absent).toContain('has no "cmd"');
  expect(status).toBe(1);
});
