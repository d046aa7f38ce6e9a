import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { catalogue } from "../../src/kit/index.js";

it("docs/conformance.md lists every check (npm run conformance -- --write)", () => {
  const page = readFileSync(new URL("../../../../docs/conformance.md", import.meta.url), "utf8");
  expect(page).toContain(`<!-- checks -->\n\n${catalogue()}\n\n<!-- end of checks -->`);
});
