/**
 * Joins the SDK's modules into one file per entry point and a few that entry points share. Node takes about a quarter
 * of a millisecond per file of a start (docs/decisions/0012-few-files.md); what is shared stays shared, so `instanceof`
 * holds across entry points.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../packages/a2a/", import.meta.url));
const { exports, peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** "./lib/node.js" of an entry point is made of the module that its types describe. */
const input = Object.fromEntries(
  Object.values(exports).map(({ types, default: file }) => [
    file.replace(/^\.\/lib\/(.*)\.js$/, "$1"),
    root + types.replace(/\.d\.ts$/, ".js"),
  ]),
);

/** What every server needs is one file, what it shares with clients, receivers and versions another. Node's built-ins are in neither. */
const shared =
  "protocol/|ports/|codec/(?!protobuf)|bindings/(http-json/(routes|client)|jsonrpc/client|grpc/wire|read-error)|webhooks/(jwks|signature)";
const rooms =
  "agent/|auth/|card/|dispatch/|engine/|push/|stores/(memory/|(?!transfer)[a-z-]+\\.js)|buses/(local/|latest|inbox)|server\\.js";
const bindings =
  "handler|older|cors|request|response|sse|json-size|version|error-body|jsonrpc/(server|envelope)|http-json/server";
const groups = [
  { name: "core", test: new RegExp(`/dist/(${shared})`), priority: 2 },
  {
    name: "server",
    test: new RegExp(`/dist/(${rooms}|hosts/authority|bindings/(${bindings})\\.js)`),
    priority: 1,
  },
];

rmSync(`${root}lib`, { recursive: true, force: true });
const bundle = await rolldown({
  input,
  platform: "neutral",
  external: [/^node:/, ...Object.keys(peerDependencies)],
  preserveEntrySignatures: "allow-extension",
  logLevel: "warn",
});
await bundle.write({
  dir: `${root}lib`,
  format: "esm",
  chunkFileNames: "shared/[name].js",
  codeSplitting: { groups, includeDependenciesRecursively: false },
});
await bundle.close();

// Declarations that no entry point leads to are not shipped: they are half the files, each at least a block on a disk.
const reached = new Set();
for (const { types } of Object.values(exports)) reach(join(root, types));
const declared = readdirSync(`${root}dist`, { recursive: true }).filter((name) => name.endsWith(".d.ts"));
const inside = declared.filter((name) => !reached.has(join(root, "dist", name)));
writeFileSync(`${root}dist/.npmignore`, inside.map((name) => `/${name}\n`).join(""));

function reach(file) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
    reach(join(dirname(file), `${path}.d.ts`));
}
