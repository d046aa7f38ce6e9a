/** Imports point inward, and this says so. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sdk = join(root, "packages/a2a/src");

interface Rule {
  readonly from: readonly string[];
  /** Only by type. */
  readonly types?: readonly string[];
  /** Only when it is called for. */
  readonly lazily?: readonly string[];
}

/** Which rooms a room may import. Its own files are always allowed. */
const rooms: Record<string, Rule> = {
  protocol: { from: [] },
  codec: { from: ["protocol"] },
  ports: { from: ["protocol"] },
  auth: { from: ["protocol", "ports"] },
  agent: { from: ["protocol", "codec"], types: ["ports", "auth"] },
  outgoing: { from: ["protocol", "ports"], types: ["push"] },
  webhooks: { from: ["protocol", "codec"], types: ["ports"] },
  push: { from: ["protocol", "codec", "ports", "webhooks"] },
  stores: { from: ["protocol", "ports"] },
  buses: { from: ["protocol", "ports"] },
  engine: { from: ["protocol", "codec", "ports", "agent"], types: ["auth", "dispatch"] },
  dispatch: { from: ["protocol", "codec", "ports", "engine"], types: ["auth", "push"] },
  bindings: { from: ["protocol", "codec", "ports", "card"], types: ["dispatch"] },
  card: { from: ["protocol", "codec", "bindings"], types: ["agent", "auth"] },
  compat: {
    from: ["protocol", "codec", "bindings"],
    types: ["client", "dispatch", "ports"],
    lazily: ["client"],
  },
  client: { from: ["protocol", "codec", "bindings", "ports"] },
  hosts: { from: ["protocol", "ports", "bindings", "server.ts", "outgoing", "push"], types: ["agent"] },
  "server.ts": {
    from: ["protocol", "ports", "bindings", "card", "dispatch", "engine", "push", "stores", "webhooks"],
    types: ["agent", "auth"],
  },
  "postgres.ts": { from: ["stores", "buses"], types: ["ports"] },
  "grpc.ts": { from: ["bindings", "client", "hosts"] },
  "index.ts": { from: ["protocol", "ports", "agent", "dispatch", "server.ts", "stores", "buses"] },
};

/** The only places that may use Node's built-ins; everything else runs in browsers, Deno, Bun and Workers. */
const nodeOnly = [
  "stores/sqlite/",
  "stores/postgres/",
  "buses/task-key.ts",
  "buses/postgres/",
  "buses/nats/",
  "outgoing/",
  "hosts/node/",
  "hosts/express.ts",
  "hosts/fastify.ts",
  "hosts/grpc.ts",
  "hosts/grpc-services.ts",
  "bindings/grpc/",
  "client/grpc/",
];

/** Optional packages, each only where it was asked for. */
const optional: Readonly<Record<string, RegExp>> = {
  "@photostructure/sqlite": /^stores\/sqlite\//,
  pg: /^(stores|buses)\/postgres\//,
  "@nats-io/transport-node": /^buses\/nats\//,
  "@grpc/grpc-js": /(^bindings|^client|^hosts)\/grpc(\/|-services\.ts$|\.ts$)/,
  "@grpc/reflection": /^hosts\/grpc-services\.ts$/,
  "grpc-health-check": /^hosts\/grpc-services\.ts$/,
};

/** Files that need @grpc/grpc-js as soon as they are loaded. */
const needsGrpc = /(^grpc\.ts$|(^bindings|^client|^hosts)\/grpc(\/|-services\.ts$|\.ts$))/;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
  readonly type: boolean;
  /** Only when it is called for. */
  readonly lazy: boolean;
}

const files = readdirSync(sdk, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(sdk, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\(\s*"([^"]+)"\s*\)/g,
  );
  return [...found].map((match) => ({
    file,
    room: file.split("/")[0] as string,
    specifier: (match[2] ?? match[3]) as string,
    type: match[1] !== undefined || allTypes(match[0]),
    lazy: match[3] !== undefined,
  }));
});

/** `import { type A, type B } from` is an import of types alone. */
function allTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/
    .exec(statement)?.[1]
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith("type "));
}

describe("the SDK", () => {
  it("has rules for every room", () => {
    expect(
      [...new Set(files.map((file) => file.split("/")[0]))].filter((room) => !((room as string) in rooms)),
    ).toEqual([]);
  });

  it("imports inward only", () => {
    const wrong = imports.flatMap(({ file, room, specifier, type, lazy }) => {
      if (!specifier.startsWith(".")) return [];
      const target = relative(sdk, resolve(sdk, dirname(file), specifier))
        .replace(/\.js$/, ".ts")
        .split("/")[0] as string;
      const rule = rooms[room];
      const allowed =
        target === room ||
        rule?.from.includes(target) ||
        (type && rule?.types?.includes(target)) ||
        (lazy && rule?.lazily?.includes(target));
      return allowed ? [] : [`${file} -> ${specifier}`];
    });
    expect(wrong).toEqual([]);
  });

  it("uses Node's built-ins only in the rooms made for Node, and no package but the optional ones", () => {
    const outside = imports.filter(({ specifier }) => !specifier.startsWith("."));
    const wrong = outside.filter(({ file, specifier }) => {
      const node = nodeOnly.some((place) => file.startsWith(place));
      return !(node && (specifier.startsWith("node:") || optional[specifier]?.test(file)));
    });
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it("loads gRPC only when asked for", () => {
    const grpcData = ["bindings/grpc/pem.ts", "bindings/grpc/wire.ts"];
    const wrong = imports.filter(({ file, specifier, type, lazy }) => {
      const target = relative(sdk, resolve(sdk, dirname(file), specifier)).replace(/\.js$/, ".ts");
      const needed = specifier.startsWith(".") && needsGrpc.test(target) && !grpcData.includes(target);
      return needed && !needsGrpc.test(file) && !type && !lazy;
    });
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it("names no Node global outside those rooms", () => {
    const wrong = files.filter(
      (file) =>
        !nodeOnly.some((place) => file.startsWith(place)) &&
        /\b(process\.|Buffer\b|__dirname|require\()/.test(
          readFileSync(join(sdk, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("has no runtime dependency", () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(sdk, "../package.json"), "utf8"),
    );
    expect({ ...dependencies, ...optionalDependencies }).toEqual({});
  });
});

describe("applications", () => {
  it("import the SDK by its published subpaths only", () => {
    const { exports } = JSON.parse(readFileSync(join(sdk, "../package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    const published = new Set(Object.keys(exports).map((path) => `@parley/a2a${path.slice(1)}`));
    const wrong = ["packages/cli/src", "examples", "bench/src"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ts|mjs)$/.test(file) && !/node_modules|dist|\.d\.ts/.test(file))
        .flatMap((file) => {
          const text = readFileSync(join(root, folder, file), "utf8");
          const used = [...text.matchAll(/from\s+"([^"]*(?:@parley\/a2a|packages\/a2a)[^"]*)"/g)];
          return used.flatMap(([, specifier]) =>
            published.has(specifier as string) ? [] : [`${folder}/${file} -> ${specifier}`],
          );
        }),
    );
    expect(wrong).toEqual([]);
  });
});
