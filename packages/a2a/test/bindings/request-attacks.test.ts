/** Requests that would hold up everybody else are refused before anything slow sees them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { opensMoreThan } from "../../src/bindings/json-size.js";
import { readJson } from "../../src/bindings/request.js";

const bodyOf = (text: string) =>
  readJson(
    {
      method: "POST",
      path: "/",
      query: "",
      header: (name) => (name === "content-type" ? "application/json" : undefined),
      text: async () => text,
    },
    10_000_000,
  );

describe("the count of objects and lists", () => {
  it.each([
    ["brackets alone", "[".repeat(11), true],
    ["as many as allowed", "[".repeat(10), false],
    ["objects in a row", `[${"{},".repeat(11)}1]`, true],
    ["brackets in a string", `"${"[".repeat(20)}"`, false],
    ["brackets in a string after an escaped quote", `"\\"${"[".repeat(20)}"`, false],
    ["brackets after an escaped backslash", `"\\\\"${"[".repeat(20)}`, true],
    ["a string that never ends", `[[["${"[".repeat(20)}`, false],
    ["a string that ends in a backslash", `"${"[".repeat(20)}\\`, false],
  ])("%s", (_, text, more) => {
    expect(opensMoreThan(10, text)).toBe(more);
  });

  it("is exact for any JSON", () => {
    const count = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? Object.values(value).reduce((sum: number, each) => sum + count(each), 1)
        : 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const opened = count(JSON.parse(text));
        expect(opensMoreThan(opened, text)).toBe(false);
        if (opened > 0) expect(opensMoreThan(opened - 1, text)).toBe(true);
      }),
    );
  });
});

describe("a content type", () => {
  it("of a million blanks is refused at once", async () => {
    const request = {
      method: "POST",
      path: "/",
      query: "",
      header: (name: string) =>
        name === "content-type" ? `application/json${" ".repeat(1_000_000)}x` : undefined,
      text: async () => "{}",
    };
    await expect(readJson(request, 100)).rejects.toMatchObject({ reason: "CONTENT_TYPE_NOT_SUPPORTED" });
  });
});

describe("a body", () => {
  it("of ten million brackets is too large; one with many numbers is not", async () => {
    await expect(bodyOf("[".repeat(10_000_000))).rejects.toMatchObject({ reason: "PAYLOAD_TOO_LARGE" });
    await expect(bodyOf(`[${"1,".repeat(1_000_000)}1]`)).resolves.toHaveLength(1_000_001);
  });
});
