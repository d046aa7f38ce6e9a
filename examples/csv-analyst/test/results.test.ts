import { describe, expect, it } from "vitest";
import { toJson } from "../src/analysis.js";
import { chart } from "../src/chart.js";
import { report } from "../src/report.js";
import { analysisOf, csvFile } from "./conversation.js";

async function results(content: string, request = "Summarise this") {
  const { analysis, name } = await analysisOf([[csvFile(content), { text: request }]]);
  return {
    analysis,
    markdown: report(analysis, name),
    svg: chart(analysis, name),
    json: toJson(analysis, name),
  };
}

const daily = (days: number, row: (day: number) => string) =>
  Array.from(
    { length: days },
    (_, day) => `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},${row(day)}`,
  );

describe("the chart", () => {
  const charts: [string, string, string, RegExp][] = [
    [
      "totals over time",
      ["day,amount", ...daily(300, (day) => `${day}.5`)].join("\n"),
      "Total amount per week",
      /M[\d.]+ /,
    ],
    [
      "levels over time",
      ["day,temp", ...daily(20, (day) => `${day % 7}.5`)].join("\n"),
      "temp over time",
      /<circle/,
    ],
    ["rows over time", ["day,who", ...daily(20, () => "x")].join("\n"), "Rows per day", /<path/],
    ["categories", `city\n${"Oslo\nOslo\nRome\n".repeat(5)}`, "Rows by city", /Oslo<\/text><rect/],
    [
      "a distribution",
      `n\n${Array.from({ length: 200 }, (_, n) => `${n / 4}`).join("\n")}`,
      "Distribution of n",
      /<rect/,
    ],
    [
      "the distribution of what the report is about",
      "year,amount\n2001,1.5\n2002,2.5\n2003,9\n",
      "Distribution of amount",
      /<rect/,
    ],
    ["the same number throughout", "n,m\n1,1\n1,1\n", "Filled cells per column", /2 of 2/],
    ["nothing but names", "a,b\nx1,y1\nx2,y2\nx3,y3\n", "Filled cells per column", /3 of 3/],
  ];
  it.each(charts)("shows %s", async (_, content, title, drawing) => {
    const { svg } = await results(content);
    expect(svg).toContain(`<title id="title">${title}</title>`);
    expect(svg).toMatch(drawing);
    expectWellFormed(svg);
  });

  it("counts in whole numbers", async () => {
    const { svg } = await results("n\n1.5\n2.5\n3.5\n");
    expect(svg.match(/text-anchor="end" [^>]*>[^<]+/g)?.map((label) => label.split(">")[1])).toEqual([
      "0",
      "1",
    ]);
  });

  it("follows the column that the request names", async () => {
    const content = ["day,amount,visits", ...daily(20, (day) => `${day}.5,${day}`)].join("\n");
    expect((await results(content, "Plot visits over time")).svg).toContain("visits over time");
  });

  it("does not show a half-filled week as a fall", async () => {
    // 1 January 2024 is a Monday: 201 days are 28 weeks and five days; 197 are 28 weeks and a Monday.
    const ends = async (days: number) => {
      const { analysis } = await results(["day,amount", ...daily(days, () => "1.5")].join("\n"));
      return analysis.series?.points.at(-1)?.count;
    };
    expect(await ends(201)).toBe(5);
    expect(await ends(197)).toBe(7);
  });

  it("stays well formed whatever a file says", async () => {
    const evil = '"</text><script>alert(1)</script> & ""x"" ]]>"';
    const { svg } = await results(`${evil},b\u0001\n${`${evil},1\n`.repeat(3)}${"y,2\n".repeat(3)}`);
    expectWellFormed(svg);
    expect(svg).not.toContain("<script");
  });
});

describe("the report", () => {
  it("says first what matters, then shows the tables", async () => {
    const rows = daily(60, (day) => `${day % 3 ? "North" : "South"},${day}.5,${day % 4 ? "x" : ""}`);
    const { markdown } = await results(["day,region,amount,note", ...rows].join("\n"));
    expect(markdown).toContain(
      "# data.csv\n\n**60 rows × 4 columns** · comma-separated · 2024-01-01 to 2024-02-29\n",
    );
    expect(markdown).toContain("- **amount** adds up to 1,800, with a mean of 30 and a median of 30.");
    expect(markdown).toContain(
      "- **amount** was highest on 29 Feb 2024 (59.5) and lowest on 1 Jan 2024 (0.5).",
    );
    expect(markdown).toContain("- The most common **region** is North (66.7% of 60 rows).");
    expect(markdown).toContain("- 1 column has missing values, most of all note (25%).");
    expect(markdown).toContain("| amount | 0.5 | 15.25 | 30 | 44.75 | 59.5 | 30 | 17.46 |");
  });

  it("keeps its tables whole, and text text, whatever a file says", async () => {
    const { markdown } = await results('"a|b","<img src=x>"\n"[x](http://y)",&lt;\n"[x](http://y)",2\n');
    expect(markdown).toContain("| a\\|b | text |");
    expect(markdown).toContain("\\<img src=x\\>");
    expect(markdown).toContain("\\[x\\](http://y)");
    expect(markdown).not.toContain("&lt;");
  });
});

describe("the statistics", () => {
  it("are plain JSON with every figure of every column", async () => {
    const { json } = await results("n,city\n1,Oslo\n2,Oslo\n4,\n");
    expect(JSON.parse(JSON.stringify(json))).toEqual({
      source: { name: "data.csv", bytes: 24 },
      format: { encoding: "utf-8", delimiter: "comma", hasHeader: true, decimal: "." },
      rows: 3,
      columnCount: 2,
      raggedRows: { short: 0, long: 0 },
      dateColumn: null,
      columns: [
        {
          name: "n",
          type: "integer",
          count: 3,
          missing: 0,
          mismatched: 0,
          distinct: 3,
          distinctIsEstimate: false,
          min: 1,
          max: 4,
          mean: 2.33333333333333,
          median: 2,
          standardDeviation: 1.52752523165195,
          quantiles: { p5: 1.1, p25: 1.5, p50: 2, p75: 3, p95: 3.8 },
          quantilesAreEstimates: false,
          topValues: [1, 2, 4].map((value) => ({ value: String(value), count: 1 })),
          topValuesAreEstimates: false,
          sum: 7,
        },
        {
          name: "city",
          type: "text",
          count: 2,
          missing: 1,
          mismatched: 0,
          distinct: 1,
          distinctIsEstimate: false,
          min: null,
          max: null,
          mean: null,
          median: null,
          standardDeviation: null,
          quantiles: null,
          quantilesAreEstimates: false,
          topValues: [{ value: "Oslo", count: 2 }],
          topValuesAreEstimates: false,
          length: { min: 4, max: 4, mean: 4 },
        },
      ],
      notes: [],
    });
  });
});

/** Every tag opened is closed in order, attributes are quoted, and no bare & or < is left. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/gi,
    (_, end, name, _attributes, empty) => {
      if (end) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)|[\x00-\x08\x0b\x0c\x0e-\x1f]/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}
