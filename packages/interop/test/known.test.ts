/** The books of the matrix: what is known to fail is looked after. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cells } from "../src/cells.js";
import { complaints, type Known, nameOf } from "../src/known.js";
import { lack, others, pairsWith, placesOf } from "../src/matrix.js";
import { written } from "../src/report.js";

const place = { client: "parley", server: "js-1", binding: "JSONRPC", cell: "get" } as const;
const listed: Known = {
  client: "parley",
  server: "js-1",
  bindings: ["JSONRPC"],
  cells: ["get"],
  fault: "peer",
  why: "It forgets.",
};

describe("what is wrong with a run", () => {
  it("nothing, when cells hold or fail as listed", () => {
    expect(complaints([place], [], [place])).toEqual([]);
    expect(complaints([{ ...place, failure: "gone" }], [listed], [place])).toEqual([]);
  });

  it("a cell that fails and is not listed", () => {
    expect(complaints([{ ...place, failure: "gone" }], [], [place])).toEqual([
      "fails: parley → js-1, JSONRPC, get: gone",
    ]);
  });

  it("a listed cell that holds by now", () => {
    expect(complaints([place], [listed], [place])).toEqual([
      "holds, but known.json says it does not (It forgets.): parley → js-1, JSONRPC, get",
    ]);
  });

  it("an entry that names what there is not", () => {
    const entry: Known = { ...listed, bindings: ["JSONRPC", "GRPC"], cells: ["get", "got"] };
    expect(complaints([{ ...place, failure: "gone" }], [entry], [place])).toEqual([
      "known.json names what there is not: parley → js-1, JSONRPC, got",
      "known.json names what there is not: parley → js-1, GRPC, get",
      "known.json names what there is not: parley → js-1, GRPC, got",
    ]);
  });

  it("nothing about cells that were not tried", () => {
    expect(complaints([], [listed], [place])).toEqual([]);
  });
});

const known = JSON.parse(readFileSync(new URL("../known.json", import.meta.url), "utf8")) as Known[];
const pairs = others.flatMap(pairsWith);

it("known.json names cells that there are, each once", () => {
  expect(complaints([], known, pairs.flatMap(placesOf))).toEqual([]);
  const names = known.flatMap(({ client, server, bindings, cells }) =>
    bindings.flatMap((binding) => cells.map((cell) => nameOf({ client, server, binding, cell }))),
  );
  expect(new Set(names).size).toBe(names.length);
});

it("adapters lack cells that there are", () => {
  const ids = new Set(cells.map(({ id }) => id));
  const lacked = others.flatMap(({ lacks }) => Object.values(lacks ?? {}).flatMap(Object.keys));
  expect(lacked.length).toBeGreaterThan(0);
  expect(lacked.filter((id) => !ids.has(id))).toEqual([]);
  expect(pairs.some((pair) => cells.some(({ id }) => lack(pair, id)))).toBe(true);
});

it("a run replaces the sections of its peers and keeps the others", () => {
  const first = written(
    "",
    new Map([
      ["b", "b\n\nformer"],
      ["a", "a\n\nkept"],
    ]),
  );
  const second = written(first, new Map([["b", "b\n\nnew"]]));
  expect(second.match(/^## .*/gm)).toEqual(["## a", "## b"]);
  expect(second).toContain("kept");
  expect(second).not.toContain("former");
  expect(written(second, new Map())).toBe(second);
});
