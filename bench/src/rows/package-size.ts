/** What installing the package brings: its runtime dependencies and its unpacked size. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../harness/agents.js";
import type { Measures, PackageRow } from "./row.js";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** As `npm pack` would publish the folder. */
function packed(folder: string): Measures {
  const npm = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const listing = execFileSync("npm", npm, {
    cwd: join(repositoryRoot, folder),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ unpackedSize } = { unpackedSize: Number.NaN }] = JSON.parse(listing) as { unpackedSize: number }[];
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8")) as Manifest;
  return { size: unpackedSize / 2 ** 20, dependencies: Object.keys(manifest.dependencies ?? {}).length };
}

export const packageSize: PackageRow = {
  kind: "package",
  id: "package-size",
  title: "the SDK package",
  agents: ["parley-memory", "sdk-memory"],
  metrics: [
    { id: "size", title: "unpacked size", unit: "MB", targets: [{ bound: "at most", value: 2 }] },
    {
      id: "dependencies",
      title: "runtime dependencies",
      unit: "",
      targets: [{ bound: "at most", value: 0 }],
    },
  ],
  rounds: 1,
  measure: () => ({
    "parley-memory": packed("packages/a2a"),
    "sdk-memory": packed("node_modules/@a2a-js/sdk"),
  }),
};
