/** Agents that answer so that printing or saving it takes for ever. */
import { describe, expect, it } from "vitest";
import { safeFileName } from "../src/file-name.js";
import { TextWriter } from "../src/output/text.js";

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
