// Everything that must hold: types, style, every test. Ends with one line: N passed, N failed, N skipped.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const scratch = mkdtempSync(join(tmpdir(), "parley-test-"));
const report = join(scratch, "report.json");

const checks = [
  ["types", "node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"]],
  ["style", "node", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]],
];
const count = { passed: 0, failed: 0, skipped: 0 };
for (const [name, command, args] of checks) {
  const ok = spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;
  count[ok ? "passed" : "failed"]++;
  console.log(`${name}: ${ok ? "ok" : "FAILED"}`);
}

const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
];
const { status } = spawnSync("node", [...vitest, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  count.passed += result.numPassedTests;
  count.failed += result.numFailedTests;
  count.skipped += result.numPendingTests + result.numTodoTests;
  if (!result.success && result.numFailedTests === 0) count.failed++;
} catch {
  count.failed++;
}
if (status !== 0 && count.failed === 0) count.failed++;
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exit(count.failed === 0 ? 0 : 1);
