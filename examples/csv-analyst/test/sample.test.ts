import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-expect-error: a plain script without types
import { makeSample } from "../scripts/make-sample.mjs";
import { analysisOf, csvFile } from "./conversation.js";

const sample = readFileSync(new URL("../sales.csv", import.meta.url), "utf8");

describe("sales.csv", () => {
  it("is what its script writes", () => {
    expect(makeSample() === sample).toBe(true);
  });

  it("looks like real data and needs no question", async () => {
    const { analysis } = await analysisOf([[csvFile(sample, "sales.csv"), { text: "Summarise this" }]]);
    const column = (name: string) => analysis.columns.find((one) => one.name === name);
    expect(analysis.rows).toBeGreaterThanOrEqual(5000);
    expect(analysis.columns.filter(({ missing }) => missing > 0).length).toBeGreaterThanOrEqual(3);
    expect(analysis.series).toMatchObject({
      date: "order_date",
      measure: "amount",
      aggregate: "sum",
      period: "week",
    });
    expect(column("order_date")).toMatchObject({ type: "date", min: "2023-01-01", max: "2024-12-31" });
    expect(column("amount")?.type).toBe("number");
    expect(column("category")).toMatchObject({ type: "text", distinct: 5 });
    for (const part of [/,"[^"\n]*,[^"\n]*",/, /""/, /"[^"\n,]*,?[^"\n,]*\n[^"\n]*"/])
      expect(sample).toMatch(part);
  });
});
