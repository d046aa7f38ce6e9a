/** Every normative sentence of the specification has a row, and every row a test that exists and runs. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bindings } from "./bindings.js";
import { dataModel } from "./data-model.js";
import { agentCard } from "./discovery.js";
import { keywords } from "./keywords.js";
import { type NamedTest, namedTests } from "./named-tests.js";
import { semantics } from "./operation-semantics.js";
import { operations } from "./operations.js";
import { appendices, registrations } from "./registrations.js";
import type { Requirement } from "./row.js";
import { security } from "./security.js";

const chapters = {
  operations,
  semantics,
  dataModel,
  bindings,
  security,
  agentCard,
  registrations,
  appendices,
};
const all: readonly Requirement[] = Object.values(chapters).flat();

const root = new URL("../../", import.meta.url);
const read = new Map<string, readonly NamedTest[]>();

function testsOf(file: string): readonly NamedTest[] {
  const path = fileURLToPath(new URL(file, root));
  const tests = read.get(file) ?? (existsSync(path) ? namedTests(path) : []);
  read.set(file, tests);
  return tests;
}

/** What is wrong with the tests that a requirement names. */
function faults({ shown }: Requirement): string[] {
  if ("where" in shown) return shown.reason.length > 10 ? [] : ["no reason"];
  if (shown.length === 0) return ["no test"];
  return shown.flatMap(({ file, name }) => {
    const found = testsOf(file).find((test) => test.name === name);
    if (found === undefined) return [`${file} has no test "${name}"`];
    return found.skipped ? [`${file}: "${name}" does not run`] : [];
  });
}

describe("every requirement is shown by tests that run", () => {
  it.each(all)("$id $level: $says", (row) => {
    expect(faults(row)).toEqual([]);
  });
});

/** `3.1.10` after `3.1.2`, letters after digits. */
const sortable = (section: string) =>
  section
    .split(".")
    .map((part) => part.padStart(2, "0"))
    .join(".");

it("no id is given twice", () => {
  const ids = all.map(({ id }) => id);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

it.each(Object.entries(chapters))("%s is in order", (_, rows) => {
  const keys = rows.map(({ id, section }) => `${sortable(section)} ${id}`);
  expect(keys).toEqual([...keys].sort());
});

it("no keyword of the specification is forgotten, and none is counted twice", () => {
  const counted: Record<string, [number, number]> = {};
  for (const { section, level, keywords: count } of all) {
    counted[section] ??= [0, 0];
    counted[section][level === "MUST" ? 0 : 1] += count;
  }
  const mandatory = Object.fromEntries(Object.entries(counted).filter(([, [a, b]]) => a + b > 0));
  expect(mandatory).toEqual(keywords);
});

describe("the names of tests are read from their source", () => {
  it("whatever they look like", () => {
    const names = namedTests(fileURLToPath(import.meta.url)).map(({ name }) => name);
    expect(names).toEqual([
      "every requirement is shown by tests that run > $id $level: $says",
      "no id is given twice",
      "%s is in order",
      "no keyword of the specification is forgotten, and none is counted twice",
      "the names of tests are read from their source > whatever they look like",
      "the names of tests are read from their source > and whether they run",
    ]);
  });

  it("and whether they run", () => {
    const { length } = testsOf("test/requirements/samples/skipped.ts");
    expect(length).toBe(5);
    expect(testsOf("test/requirements/samples/skipped.ts").filter(({ skipped }) => !skipped)).toEqual([
      { name: "runs > {name}", skipped: false },
    ]);
  });
});
