import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** Runs the built analysis in a process of its own, whose memory nothing else uses. */
it("reads 80 MB from a URL in less than 60 MB of extra memory", { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL("read-much.mjs", import.meta.url));
  // A small young generation: what is measured is what is kept, not what is yet to be collected.
  const { stdout } = await promisify(execFile)(process.execPath, ["--max-semi-space-size=4", script, "80"]);
  const { kind, rows, bytes, grownMegabytes } = JSON.parse(stdout);
  expect({ kind, complete: bytes >= 80e6 && rows > 1_000_000 }).toEqual({ kind: "done", complete: true });
  expect(grownMegabytes).toBeLessThan(60);
});
