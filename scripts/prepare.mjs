// Makes a fresh clone ready: installs packages when the lock file is newer than what is installed, then builds.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`Parley needs Node 20 or later; this is ${process.version}.`);
  process.exit(1);
}

const installed = join(root, "node_modules/.package-lock.json");
const lock = join(root, "package-lock.json");
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
run("node", ["node_modules/typescript/bin/tsc", "-b"]);
run("node", ["scripts/bundle.mjs"]);

function run(command, args) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
  } catch {
    console.error(`\n${command} ${args.join(" ")} failed; see above.`);
    process.exit(1);
  }
}
