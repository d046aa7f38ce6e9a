import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

const report = read("../compliance-report.yaml");
const page = read("../COMPLIANCE.md");

/** How many requirements the specification has in each tier. */
const registry = { 1: 39, 2: 15, 3: 12 } as const;

const marks = {
  pass: "✅ Pass",
  partial: "◐ Partial",
  fail: "❌ Fail",
  not_measured: "⊘ Not measured",
  na: "— N/A",
};

interface Requirement {
  readonly id: string;
  readonly tier: number;
  readonly status: keyof typeof marks;
  readonly note: string;
  readonly evidence: readonly string[];
}

const requirements: Requirement[] = report
  .slice(report.indexOf("\nrequirements:"), report.indexOf("\ndefault_001_breakdown:"))
  .split(/\n(?= {2}A2ACLI_)/)
  .slice(1)
  .map((block) => ({
    id: /A2ACLI_[A-Z_]+_\d{3}/.exec(block)?.[0] ?? "",
    tier: Number(/^ {4}tier: (\d)$/m.exec(block)?.[1]),
    status: /^ {4}status: (\w+)$/m.exec(block)?.[1] as keyof typeof marks,
    note: /^ {4}note: "(.*)"$/m.exec(block)?.[1] ?? "",
    evidence: [...block.matchAll(/^ {6}- "(.*)"$/gm)].map(([, test]) => test ?? ""),
  }));

const tests = new Set(
  readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) =>
      [...read(`./${file}`).matchAll(/^\s*it\(\s*"((?:[^"\\]|\\.)*)"/gm)].map(
        ([, name]) => `${file}: ${name}`,
      ),
    ),
);

describe("the compliance report", () => {
  it("has a result for every requirement of every tier", () => {
    expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
    for (const [tier, total] of Object.entries(registry))
      expect(requirements.filter((each) => each.tier === Number(tier))).toHaveLength(total);
  });

  it("names tests that exist, for everything that passes", () => {
    const named = [...requirements.flatMap(({ evidence }) => evidence), ...inlineEvidence()];
    expect(named.filter((name) => !tests.has(name))).toEqual([]);
    expect(requirements.filter(({ status, evidence }) => status === "pass" && evidence.length === 0)).toEqual(
      [],
    );
    expect(inlineEvidence()).toHaveLength(6 + 8);
  });

  it("gives a reason for everything else", () => {
    for (const { id, status, note } of requirements) {
      expect(Object.keys(marks)).toContain(status);
      if (status !== "pass") expect([id, note]).toEqual([id, expect.stringMatching(/./)]);
    }
  });

  it("counts right, and claims no tier that is not satisfied", () => {
    const claimed = Number(/tier_claimed: (\d)/.exec(report)?.[1]);
    for (const tier of [1, 2, 3]) {
      const of = (status: string) =>
        requirements.filter((each) => each.tier === tier && each.status === status).length;
      const total = requirements.filter((each) => each.tier === tier).length;
      const satisfied = of("pass") + of("na") === total;
      expect(report).toContain(
        `tier_${tier}: {total: ${total}, pass: ${of("pass")}, partial: ${of("partial")}, fail: ${of("fail")}, ` +
          `not_measured: ${of("not_measured")}, na: ${of("na")}, satisfied: ${satisfied}}`,
      );
      if (tier <= claimed) expect(satisfied).toBe(true);
    }
  });

  it("says the same to people", () => {
    for (const { id, status, note } of requirements) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${id}\` |`));
      expect(row).toContain(`| ${marks[status]} | ${note}`.trimEnd());
    }
  });
});

/** Evidence of the defaults and of the error codes, which are one line each. */
function inlineEvidence(): string[] {
  return [...report.matchAll(/, evidence: "(.*?)"\}$/gm)].map(([, test]) => test ?? "");
}
