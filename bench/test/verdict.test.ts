import { expect, test } from "vitest";
import type { RowResult } from "../src/harness/run-row.js";
import { judge, median } from "../src/harness/verdict.js";
import { sendJsonRpc } from "../src/rows/send-message.js";

function result(floor: number[], parley: number[]): RowResult {
  const rounds = (values: number[]) => values.map((cpu) => ({ cpu, rate: 1 }));
  const measured = new Map([
    ["floor", rounds(floor)],
    ["parley-memory", rounds(parley)],
  ]);
  return { row: sendJsonRpc, measured, failures: new Map(), missing: new Map() };
}

const cpu = sendJsonRpc.metrics[0]!;

test("the median of an even number of rounds lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
});

test("medians are held against the floor's, and the floor against nothing", () => {
  const [floor, parley] = judge(cpu, result([20, 10, 30], [28, 29, 99]));
  expect(floor?.verdicts).toEqual([]);
  expect(parley?.verdicts).toEqual([{ target: cpu.targets[0], reached: 1.45, pass: true }]);
});

test("a target that is passed by a hair's breadth is missed", () => {
  const [, parley] = judge(cpu, result([20], [30.1]));
  expect(parley?.verdicts[0]?.pass).toBe(false);
});
