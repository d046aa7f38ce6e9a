/** Read by requirements.test.ts, never run: tests that do not count, and one that does. */
import { describe, it } from "vitest";

const nothing = () => {};
const name = "named elsewhere";

describe.skip("skipped", () => {
  it.each([1])("with all in it %i", nothing);
});
describe("runs", () => {
  it(name, nothing);
  it.skip("skipped itself", nothing);
  it.fails("expected to fail", nothing);
  it.skipIf(true)("skipped sometimes", nothing);
});
