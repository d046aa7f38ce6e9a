/** `npm run interop` and `npm run conformance`: the words after them. */
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

describe.each(["main", "conformance"])("%s", (name) => {
  const file = new URL(`../dist/${name}.js`, import.meta.url).pathname;

  it("says what it can be told", () => {
    expect(execFileSync("node", [file, "--help"], { encoding: "utf8" })).toMatch(
      /--only <names> .*js-1[\s\S]*--all[\s\S]*--write/,
    );
  });

  it.each([
    [["--fast"], "Unknown option '--fast'"],
    [["--only", "js-9"], "no peer is called js-9"],
  ])("says what is wrong with %j, and what it can be told", (words, wrong) => {
    const { status, stdout, stderr } = spawnSync("node", [file, ...words], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, ""]);
    expect(stdout).toContain(wrong);
    expect(stdout).toContain("--only <names>");
  });
});
