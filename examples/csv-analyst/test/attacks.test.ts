/** Messages made to keep the analyst busy: each must be through in a moment. */
import { describe, expect, it } from "vitest";
import { readConversation } from "../src/source.js";
import { csvFile, messages, outcomeOf } from "./conversation.js";

const million = 1_000_000;

describe("a message of a million characters", () => {
  it("that is an address with dots is looked at once", () => {
    const { source } = readConversation(messages(`http://a.test/${".".repeat(million)}x`));
    expect(source?.kind).toBe("url");
  });

  it.each([
    ["blanks between two words", `a${" ".repeat(million)}b`],
    ["empty lines", `a${"\n".repeat(million)}b`],
    ["fences that never end", "```csv\n".repeat(million / 7)],
    ["backticks", "`".repeat(million)],
    ["one number", "1".repeat(million)],
    ["one number with points and commas", "1,234.".repeat(million / 6)],
    ["quotes", '"'.repeat(million)],
    ["tags", "<a ".repeat(million / 3)],
    ["braces", "{".repeat(million)],
    ["delimiters", ",;\t|".repeat(million / 4)],
    ["rows of delimiters", ",;\t|\n".repeat(million / 5)],
    ["a header of delimiters and one row", `${",".repeat(million / 2)}\n${",".repeat(million / 2)}`],
    ["rows of one number that grows", "1\n".repeat(1000) + "1".repeat(million)],
    ["half dates", "date,x\n2024-01-,1\n".repeat(million / 19)],
    ["lone surrogates and UTF-16 in UTF-8", "a,b\n\xff\xfe,1\n\ud800,2\n".repeat(million / 17)],
    [
      "column names of patterns",
      `${"(a+)+$,".repeat(1000)}\n${"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!,".repeat(1000)}\n`,
    ],
    ["prototype names", "__proto__,constructor,toString\n1,2,3\n4,5,6\n__proto__,constructor,toString\n"],
    ["NUL", "\0".repeat(million)],
  ])("%s comes to an outcome", async (_, text) => {
    expect(["question", "refused", "done", "failed"]).toContain((await outcomeOf([text])).outcome.kind);
    expect(["question", "refused", "done", "failed"]).toContain(
      (await outcomeOf([[csvFile(text)]])).outcome.kind,
    );
  });
});
