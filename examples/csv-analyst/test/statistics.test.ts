import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CellReading, ColumnStatistics } from "../src/column-statistics.js";
import { Quantiles } from "../src/quantiles.js";
import { ValueCounts } from "../src/value-counts.js";

function summarise(cells: string[], reading: Partial<CellReading> = {}) {
  const column = new ColumnStatistics("x", { decimal: ".", dateOrder: "day-first", ...reading });
  for (const cell of cells) column.add(cell);
  return column.summary();
}

describe("a column", () => {
  it("has the figures worked out by hand", () => {
    expect(summarise(["2", "4", "4", "4", "5", "5", "7", "9", "", "N/A"])).toMatchObject({
      type: "integer",
      count: 8,
      missing: 2,
      mismatched: 0,
      distinct: 5,
      min: 2,
      max: 9,
      mean: 5,
      median: 4.5,
      sum: 40,
      // The squared distances from 5 add up to 32; 32 / 7 = 4.571428…
      standardDeviation: 2.1380899352994,
      quantiles: { p5: 2.7, p25: 4, p50: 4.5, p75: 5.5, p95: 8.3 },
      quantilesAreEstimates: false,
      topValues: [
        { value: "4", count: 3 },
        { value: "5", count: 2 },
        { value: "2", count: 1 },
        { value: "7", count: 1 },
        { value: "9", count: 1 },
      ],
    });
  });

  const types: [string, string[], Partial<CellReading>, object][] = [
    ["whole numbers", ["1", "-2", "+3"], {}, { type: "integer", sum: 2 }],
    ["fractions", ["1.50", "2.00"], {}, { type: "number", mean: 1.75 }],
    ["grouped and priced numbers", ["$1,234.50", "€ 2,000", "15%"], {}, { type: "number", sum: 3249.5 }],
    ["decimal commas", ["1.234,5", "0,5", "7"], { decimal: "," }, { type: "number", sum: 1242 }],
    ["named currencies", ["USD 1,234.50", "12 EUR", "3 kr"], {}, { type: "number", sum: 1249.5 }],
    ["bookkeepers' losses", ["(1,234.50)", "($2)", "(3)"], {}, { mismatched: 0, min: -1234.5 }],
    ["typographers' losses", ["\u22121.5", "\u2212$2"], {}, { type: "number", sum: -3.5 }],
    ["numbers beyond measure", [...Array(30).fill("1"), "1.7e308"], {}, { mismatched: 1, max: 1 }],
    ["years before 100", ["0010-05-01"], {}, { type: "date", min: "0010-05-01" }],
    ["exponents", ["1e3", "2.5E-1"], {}, { type: "number", sum: 1000.25 }],
    ["truth values", ["yes", "No", "TRUE"], {}, { type: "boolean", distinct: 3 }],
    ["ISO dates", ["2024-03-01", "2023-12-31"], {}, { type: "date", min: "2023-12-31", max: "2024-03-01" }],
    ["instants", ["2024-03-01T10:30:00Z", "2024-03-01 13:00:00+02:00"], {}, { max: "2024-03-01T11:00:00Z" }],
    ["day first", ["03/04/2024"], {}, { type: "date", min: "2024-04-03" }],
    ["month first", ["03/04/2024"], { dateOrder: "month-first" }, { type: "date", min: "2024-03-04" }],
    ["named months", ["3 April 2024", "Apr 5, 2024", "6-Apr-24"], {}, { type: "date", max: "2024-04-06" }],
    ["half days", ["04/05/2024 12:10 AM"], {}, { min: "2024-05-04T00:10:00Z" }],
    ["compact dates", ["20240131"], { dates: "compact" }, { type: "date", min: "2024-01-31" }],
    ["dates left as text", ["03/04/2024"], { dates: "none" }, { type: "text", min: null }],
    ["impossible dates", ["2024-02-30", "31/04/2024"], {}, { type: "text" }],
    ["codes with leading zeros", ["00123", "04567"], {}, { type: "text" }],
    ["card numbers", ["4111111111111111"], {}, { type: "text" }],
    ["words", ["a", "bcd"], {}, { type: "text", mean: null, length: { min: 1, max: 3, mean: 2 } }],
    ["nothing", ["", "null", "-"], {}, { type: "empty", count: 0, missing: 3, min: null, median: null }],
    [
      "one stray word among numbers",
      [...Array(39).fill("1"), "oops"],
      {},
      { type: "integer", mismatched: 1 },
    ],
    ["many stray words among numbers", ["1", "2", "three"], {}, { type: "text", mismatched: 0 }],
  ];
  it.each(types)("of %s", (_, cells, reading, expected) => {
    expect(summarise(cells, reading)).toMatchObject(expected);
  });

  it("agrees with figures computed from all values at once", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(values, (numbers) => {
        const summary = summarise(numbers.map((value) => value.toFixed(4)));
        const written = numbers.map((value) => Number(value.toFixed(4)) + 0);
        const sorted = [...written].sort((a, b) => a - b);
        const mean = written.reduce((a, b) => a + b) / written.length;
        const variance = written.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (written.length - 1);
        const at = (q: number) => {
          const position = q * (sorted.length - 1);
          const [low = 0, high = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
          return low * (1 - (position % 1)) + high * (position % 1);
        };
        expect(summary.min).toBe(sorted[0]);
        expect(summary.max).toBe(sorted.at(-1));
        expect(summary.mean).toBeCloseTo(mean, 5);
        expect(summary.standardDeviation).toBeCloseTo(Math.sqrt(variance), 4);
        expect(summary.median).toBeCloseTo(at(0.5), 5);
        expect(summary.quantiles?.p5).toBeCloseTo(at(0.05), 5);
        expect(summary.quantiles?.p95).toBeCloseTo(at(0.95), 5);
        expect(summary.distinct).toBe(new Set(numbers.map((value) => value.toFixed(4))).size);
      }),
    );
  });
});

describe("quantiles beyond their limit", () => {
  const shapes: [string, (random: () => number) => number][] = [
    ["uniform", (random) => random() * 1000],
    ["skewed", (random) => Math.exp(random() * 8)],
    ["ascending", counter()],
  ];
  it.each(shapes)("stay close for %s values and say that they are estimates", (_, draw) => {
    const random = pseudoRandom(7);
    const values = Array.from({ length: 50_000 }, () => draw(random));
    const quantiles = new Quantiles(1000);
    for (const value of values) quantiles.add(value);
    expect(quantiles.exact).toBe(false);
    const sorted = Float64Array.from(values).sort();
    for (const q of [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]) {
      const estimate = quantiles.at(q) ?? Number.NaN;
      const rank = sorted.findIndex((value) => value >= estimate) / sorted.length;
      expect(Math.abs(rank - q)).toBeLessThan(0.005);
    }
    expect(quantiles.at(0)).toBe(sorted[0]);
    expect(quantiles.at(1)).toBe(sorted.at(-1));
  });

  it("count a histogram exactly while they fit, and closely afterwards", () => {
    const exact = new Quantiles(100);
    for (const value of [0, 1, 1.5, 2, 3, 4]) exact.add(value);
    expect(exact.histogram([0, 1, 2, 4])).toEqual([1, 2, 3]);
    const close = new Quantiles(100);
    for (let value = 0; value < 10_000; value++) close.add(value);
    for (const count of close.histogram([0, 2500, 5000, 9999])) expect(count).toBeGreaterThan(2450);
  });
});

describe("value counts", () => {
  it("are exact while the distinct values fit", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 80 });
    fc.assert(
      fc.property(words, (list) => {
        const counts = new ValueCounts(5);
        for (const word of list) counts.add(word);
        for (const { value, count } of counts.top(5))
          expect(count).toBe(list.filter((one) => one === value).length);
        expect(counts.distinct).toBe(new Set(list).size);
        expect(counts.exact).toBe(true);
      }),
    );
  });

  it("never miss a value more frequent than rows / capacity, and never count too many", () => {
    const words = fc.array(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 400 });
    fc.assert(
      fc.property(words, (list) => {
        const counts = new ValueCounts(10);
        for (const word of list) counts.add(word);
        const top = new Map(counts.top(10).map(({ value, count }) => [value, count]));
        for (const word of new Set(list)) {
          const truth = list.filter((one) => one === word).length;
          if (truth > list.length / 10) expect(top.has(word)).toBe(true);
          expect(top.get(word) ?? 0).toBeLessThanOrEqual(truth);
        }
      }),
    );
  });

  it.each([20_000, 300_000])("estimate %i distinct values within 4 %%", (distinct) => {
    const counts = new ValueCounts(100);
    for (let round = 0; round < 2; round++)
      for (let id = 0; id < distinct; id++) counts.add(`customer-${id}`);
    expect(counts.exact).toBe(false);
    expect(Math.abs(counts.distinct / distinct - 1)).toBeLessThan(0.04);
  });
});

function counter(): () => number {
  let next = 0;
  return () => next++;
}

function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
