/** The core runs without Node: bundled for the browser, in a context that has Web globals and no `eval`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "parley-runtimes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Every binding shows all of it. */
const all = ["JSONRPC", "HTTP+JSON"].flatMap((binding) =>
  ["send", "stream", "resume", "errors", "list"].map((what) => `${binding} ${what}`),
);

/** Bundles for a browser, and gives what the bundle still imports: in a browser that must be nothing. */
async function bundle(input: string, file: string): Promise<string[]> {
  const { output } = await build({
    input,
    platform: "browser",
    logLevel: "silent",
    external: /^node:|^@photostructure\/sqlite$/,
    output: { file, format: "iife", name: "bundle", codeSplitting: false },
  });
  return output.flatMap((chunk) => ("imports" in chunk ? [...chunk.imports, ...chunk.dynamicImports] : []));
}

const run = (...args: string[]) => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));

describe("the core", () => {
  it("runs where there are only Web globals, and no code from strings", async () => {
    const file = join(folder, "scenario.js");
    expect(await bundle(here("scenario.mjs"), file)).toEqual([]);
    expect(run("--disallow-code-generation-from-strings", here("web-context.mjs"), file)).toEqual(all);
  });

  it("runs as it is shipped on this Node", () => {
    expect(run(here("main.mjs"))).toEqual(all);
  });

  it.each(["sqlite", "node", "outgoing"])(
    "would be seen importing Node, as @parley/a2a/%s does",
    async (path) => {
      const imports = await bundle(`@parley/a2a/${path}`, join(folder, `${path}.js`));
      expect(imports.join()).toContain("node:");
    },
  );
});
