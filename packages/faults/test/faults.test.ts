/** Each promise can be found broken: by a build that breaks it, and by what is looked at in what comes out. */
import { describe, expect, it } from "vitest";
import { faults } from "../src/faults/index.js";
import { redirects, vectors } from "../src/faults/ssrf-vectors.js";
import { isBrokenPart } from "../src/node/broken/index.js";
import { complete, shown } from "../src/rig/journal.js";
import { Random } from "../src/rig/random.js";
import { asItMust } from "../src/run.js";

/** Its client is part of the fault itself, not of a node. */
const withoutNodes = ["ssrf"];

describe("faults", () => {
  it.each(faults)("$name has a broken build", ({ name, broken }) => {
    expect(broken.length).toBeGreaterThan(0);
    if (!withoutNodes.includes(name)) expect(broken.filter((part) => !isBrokenPart(part))).toEqual([]);
  });

  it("have names of their own", () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  });

  it("come out as they must when a whole build holds and a broken one is found out", () => {
    const [fault] = faults;
    if (fault === undefined) throw new Error("There are none");
    const report = { fault, seconds: 1, figures: "" };
    expect(asItMust({ ...report, broken: undefined, wrong: [] })).toBe(true);
    expect(asItMust({ ...report, broken: undefined, wrong: ["lost"] })).toBe(false);
    expect(asItMust({ ...report, broken: "loses", wrong: ["lost"] })).toBe(true);
    expect(asItMust({ ...report, broken: "loses", wrong: [] })).toBe(false);
  });
});

describe("what a journal tells", () => {
  const line = (id: number, number: number, run: string) => ({
    id,
    data: JSON.stringify({
      artifactUpdate: { artifact: { artifactId: "lines", parts: [{ data: { number, node: "A", run } }] } },
    }),
  });
  const state = (id: number, name: string) => ({
    id,
    data: JSON.stringify({ statusUpdate: { status: { state: `TASK_STATE_${name}` } } }),
  });
  const whole = [state(1, "WORKING"), line(2, 1, "x"), line(3, 2, "x"), state(4, "COMPLETED")];

  it("is fine when every line is there once", () => {
    expect(complete("t", whole, 2)).toEqual([]);
    expect(shown("t", whole, whole.slice(1, 3))).toEqual([]);
  });

  it.each([
    ["a lost task", []],
    ["a gap", whole.toSpliced(1, 1)],
    ["a doubled line", [...whole.slice(0, 3), line(4, 2, "x"), state(5, "COMPLETED")]],
    ["a second end", [...whole, state(5, "CANCELED")]],
    ["something after the end", [...whole, line(5, 3, "x")]],
    ["another end", [...whole.slice(0, 3), state(4, "FAILED")]],
    ["a run that comes back", [line(1, 1, "x"), line(2, 2, "y"), line(3, 3, "x"), state(4, "COMPLETED")]],
  ])("names %s", (_, journal) => {
    const lines = journal.length === 4 && journal[0]?.data.includes("artifact") ? 3 : 2;
    expect(complete("t", journal, lines)).not.toEqual([]);
  });

  it("differs from what a reader was shown by a byte", () => {
    const [first, second] = whole as [(typeof whole)[0], (typeof whole)[0]];
    expect(shown("t", whole, [first, { ...second, data: `${second.data} ` }])).toHaveLength(1);
    expect(shown("t", whole, [...whole, state(5, "COMPLETED")])).toHaveLength(1);
  });
});

it("there are at least 150 ways to ask for what is not for peers", () => {
  const all = [...vectors(80), ...redirects(80)].map((vector) => JSON.stringify(vector));
  expect(new Set(all).size).toBeGreaterThanOrEqual(150);
});

it("a seed brings the same numbers again", () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => random.between(1, 6));
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  expect(Math.min(...numbers(7))).toBeGreaterThanOrEqual(1);
});
