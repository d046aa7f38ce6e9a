import { describe, expect, it } from "vitest";
import { acceptsMediaType, mediaTypesOverlap } from "../../src/protocol/index.js";

describe("media types", () => {
  it.each([
    ["text/plain", "text/plain", true],
    ["text/plain", "TEXT/Plain; charset=utf-8", true],
    ["Text/Plain;format=flowed", "text/plain", true],
    ["text/*", "text/csv", true],
    ["*/*", "image/png", true],
    ["*", "image/png", true],
    ["text/*", "textual/csv", false],
    ["text/plain", "text/plainer", false],
    ["text/plain", "text", false],
    ["text/plain", "", false],
  ])("%j and %j: %j", (range, mediaType, covered) => {
    expect(acceptsMediaType(["image/svg+xml", range], mediaType)).toBe(covered);
  });

  it("overlap where either side's range has what the other names", () => {
    expect(mediaTypesOverlap(["text/*"], ["image/png", "text/csv"])).toBe(true);
    expect(mediaTypesOverlap(["text/csv"], ["text/*"])).toBe(true);
    expect(mediaTypesOverlap(["application/json"], ["text/*"])).toBe(false);
    expect(mediaTypesOverlap([], ["*/*"])).toBe(false);
  });
});
