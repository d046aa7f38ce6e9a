/** What is shipped: every entry point loads and has its types, and clients and receivers carry no server. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const sdk = fileURLToPath(new URL("../packages/a2a/", import.meta.url));
const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as {
  exports: Record<string, { default: string; types: string }>;
};
const files = Object.values(exports).map((each) => each.default);

/** A declaration and all that it refers to. */
function described(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/["'](\.\.?\/[^"']+)\.js["']/g))
    described(resolve(dirname(file), `${path}.d.ts`), seen);
  return seen;
}

/** The file and all that it imports, without those it may load later. */
function reached(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/^(?:import|export) .*?from "(\.[^"]+)";$/gm))
    reached(resolve(dirname(file), path as string), seen);
  return seen;
}

describe("the SDK as it is shipped", () => {
  it.each(files)("%s loads", (file) => {
    const url = new URL(file, `file://${sdk}`).href;
    const loading = spawnSync(process.execPath, ["-e", `import(${JSON.stringify(url)})`], {
      encoding: "utf8",
    });
    expect(loading.stderr).toBe("");
    expect(loading.status).toBe(0);
  });

  it.each(["client", "webhooks", "protocol", "codec"])("%s has no server in it", (name) => {
    const names = [...reached(join(sdk, "lib", `${name}.js`))];
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((each) => each.endsWith("/server.js"))).toEqual([]);
  });

  it("has the declarations of its entry points, and no others", () => {
    const listing = execFileSync("npm", ["pack", "--dry-run", "--json"], {
      cwd: sdk,
      encoding: "utf8",
      stdio: "pipe",
    });
    const packed = [...listing.matchAll(/"path": "([^"]+\.d\.ts)"/g)].map(([, path]) =>
      join(sdk, path as string),
    );
    const seen = new Set<string>();
    for (const { types } of Object.values(exports)) described(join(sdk, types), seen);
    expect(packed.sort()).toEqual([...seen].sort());
  });
});
