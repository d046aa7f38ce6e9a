/** Every check fails on the server that breaks its rule, on each binding that it is about, and passes without. */
import { afterAll, describe, expect, it } from "vitest";
import {
  cardChecks,
  currentChecks,
  examine,
  firstChecks,
  type KitOptions,
  oldChecks,
} from "../../src/kit/index.js";
import { type Saboteur, saboteurs } from "./saboteurs/index.js";
import { signedCard } from "./signed-card.js";
import { type Stand, stand } from "./stand.js";
import { type Variant, type VariantName, variants } from "./variants.js";

const stands = new Map<VariantName, Promise<Stand>>();

function standOf(name: VariantName): Promise<Stand> {
  const { agent, options }: Variant = variants[name];
  const known = stands.get(name) ?? stand(agent(), options);
  stands.set(name, known);
  return known;
}

afterAll(async () => {
  for (const each of stands.values()) await (await each).close();
});

const groups = [
  { version: undefined, bindings: ["card"], checks: cardChecks },
  { version: "1.0", bindings: ["JSONRPC", "HTTP+JSON", "GRPC"], checks: currentChecks },
  { version: "0.3", bindings: ["JSONRPC", "HTTP+JSON", "GRPC"], checks: oldChecks },
  { version: "0.1", bindings: ["JSONRPC"], checks: firstChecks },
];

/** What one check says of each binding. */
async function outcomes(server: Stand, check: string, options: KitOptions): Promise<Map<string, string>> {
  const { results } = await examine(
    { url: server.url },
    { ...options, patience: 1_500, only: (id) => id === check },
  );
  return new Map(results.map(({ subject, outcome }) => [subject.replace(/ .*/, ""), outcome]));
}

describe("a check", { timeout: 60_000 }, () => {
  it("has a saboteur, and a saboteur its check", () => {
    const ids = groups.flatMap(({ checks }) => checks.map(({ id }) => id));
    expect(Object.keys(saboteurs).sort()).toEqual([...ids].sort());
  });

  for (const { version, bindings, checks } of groups) {
    for (const { id, on = bindings } of checks) {
      const set = [saboteurs[id] ?? []].flat() as Saboteur[];
      it(`fails where its rule is broken: ${id}`, async () => {
        const failed = new Set<string>();
        for (const saboteur of set) {
          const name = saboteur.on ?? "all";
          const server = await standOf(name);
          const options = { ...(variants[name] as Variant).kit, version };
          server.sabotage = saboteur;
          const found = await outcomes(server, id, options).finally(() => {
            server.sabotage = undefined;
          });
          for (const binding of version === undefined ? ["card"] : (saboteur.breaks ?? on))
            if (on.includes(binding)) expect([binding, found.get(binding)]).toEqual([binding, "failed"]);
          for (const [binding, outcome] of found) if (outcome === "failed") failed.add(binding);
          if (signedOnly.includes(id)) continue;
          const healthy = await outcomes(server, id, options);
          for (const binding of failed) expect([binding, healthy.get(binding)]).toEqual([binding, "passed"]);
        }
        expect([...failed].sort()).toEqual([...on].sort());
      });
    }
  }

  it("of a card that is signed and online passes on one that is", async () => {
    const { results } = await examine(
      { document: signedCard, origin: "card.json" },
      { only: (id) => signedOnly.includes(id) },
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(signedOnly.map(() => "passed"));
  });
});

/** What our server, on this machine and without signatures, gives no opportunity to see. */
const signedOnly = ["card.https", "card.signatures"];
