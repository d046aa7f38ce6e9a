/** The SQLite driver for Nodes without one of their own, wherever its binary lies. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPeer } from "../../src/stores/sqlite/driver.js";

const installed = createRequire(import.meta.url);
const peer = "@photostructure/sqlite";
const platform = `prebuilds/${process.platform}-${process.arch}`;

let folder: string;
let home: string;
/** Of a place where the package is that `home` has. */
let elsewhere: NodeJS.Require;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-driver-"));
  home = join(folder, "node_modules", peer);
  elsewhere = createRequire(join(folder, "main.js"));
  mkdirSync(dirname(home), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(): void {
  const original = dirname(installed.resolve(`${peer}/package.json`));
  for (const part of ["package.json", "dist", platform])
    cpSync(join(original, part), join(home, part), { recursive: true });
  const loader = createRequire(join(original, "dist/index.cjs")).resolve("node-gyp-build/package.json");
  symlinkSync(dirname(loader), join(folder, "node_modules/node-gyp-build"));
}

function version(require: NodeJS.Require): unknown {
  const db = new (loadPeer(require))(":memory:");
  try {
    return db.prepare<{ version: string }>("SELECT sqlite_version() AS version").get()?.version;
  } finally {
    db.close();
  }
}

describe("the peer's binary", () => {
  it("is the one of this system", () => {
    install();
    expect(version(elsewhere)).toMatch(/^3\./);
  });

  it("is found by the peer itself where it was compiled", () => {
    install();
    const [binary = ""] = readdirSync(join(home, platform)).filter((file) => !file.includes("musl"));
    mkdirSync(join(home, "build/Release"), { recursive: true });
    renameSync(join(home, platform, binary), join(home, "build/Release/binary.node"));
    rmSync(join(home, "prebuilds"), { recursive: true });
    expect(version(elsewhere)).toMatch(/^3\./);
  });

  it("is missing in plain words", () => {
    install();
    rmSync(join(home, "prebuilds"), { recursive: true });
    expect(() => loadPeer(elsewhere)).toThrow(`npm install ${peer}@1`);
  });
});

it("says what to install where the peer is not", () => {
  expect(() => loadPeer(elsewhere)).toThrow(`npm install ${peer}@1`);
});
