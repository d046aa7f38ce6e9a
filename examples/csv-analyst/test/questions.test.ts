import { describe, expect, it } from "vitest";
import { analysisOf, csvFile, questionOf } from "./conversation.js";

const unclearDelimiter = [csvFile("a,b;c,d\n1,2;3,4\n5,6;7,8\n"), { text: "Summarise this" }];
const twoDates = [
  csvFile("order_date,ship date,temp\n2024-01-01,2024-02-01,3.5\n2024-01-02,2024-02-05,4.5\n"),
  { text: "Summarise this" },
];
const unclearOrder = [csvFile("when,n\n03/04/2024,1\n05/06/2024,2\n"), { text: "Summarise this" }];

describe("the delimiter is asked for when two would do", () => {
  it("with the columns each would give", async () => {
    expect(await questionOf(unclearDelimiter)).toBe(
      [
        "Which delimiter separates the columns of data.csv? More than one would do.",
        "",
        "1. comma (,): 3 columns, [a] [b;c] [d]",
        "2. semicolon (;): 2 columns, [a,b] [c,d]",
        "",
        "Answer with a number or a name.",
      ].join("\n"),
    );
  });

  const answers: [string, string[]][] = [
    ["2", ["a,b", "c,d"]],
    ["#2", ["a,b", "c,d"]],
    ["the second one", ["a,b", "c,d"]],
    [";", ["a,b", "c,d"]],
    ['";"', ["a,b", "c,d"]],
    ["Semicolon", ["a,b", "c,d"]],
    ["It's separated by semicolons, I think", ["a,b", "c,d"]],
    ["comma", ["a", "b;c", "d"]],
    [",", ["a", "b;c", "d"]],
  ];
  it.each(answers)("and %s answers it", async (answer, columns) => {
    const { analysis } = await analysisOf([unclearDelimiter, answer]);
    expect(analysis.columns.map(({ name }) => name)).toEqual(columns);
  });

  it.each(["7", "0", "banana", "comma or semicolon?"])("and %s makes it ask again", async (answer) => {
    expect(await questionOf(unclearDelimiter, answer)).toContain(`I cannot match “${answer}” to an option.`);
    const { analysis } = await analysisOf([unclearDelimiter, answer, "banana", "1"]);
    expect(analysis.columns).toHaveLength(3);
  });
});

describe("the delimiter is asked for when rows differ in length", () => {
  const ragged = [csvFile("a,b,c\n1,2,3\n1,2\n1,2,3,4\n5\n6,7,8\n1,1,1,1\n2,2,2\n3,3\n")];

  it("with one column as a way out", async () => {
    const question = await questionOf(ragged);
    expect(question).toContain("1. comma (,): 3 columns, [a] [b] [c]\n2. none: one value per line");
    expect((await analysisOf([ragged, "comma"])).analysis).toMatchObject({ rows: 8, columns: { length: 3 } });
    expect((await analysisOf([ragged, "none"])).analysis.columns).toHaveLength(1);
  });

  it("unless the request tells", async () => {
    const { analysis } = await analysisOf([[...ragged, { text: "It is comma-separated" }]]);
    expect(analysis.columns).toHaveLength(3);
  });
});

describe("the date column is asked for when there are several", () => {
  it("with an example of each, and a way out", async () => {
    const question = await questionOf(twoDates);
    expect(question).toContain("Which column is the date?");
    expect(question).toContain("1. order_date (for example 2024-01-01)");
    expect(question).toContain("2. ship date (for example 2024-02-01)");
    expect(question).toContain("3. none of them");
  });

  const answers: [string, string | null][] = [
    ["1", "order_date"],
    ["order_date", "order_date"],
    ["Order date", "order_date"],
    ["use the ship_date column please", "ship date"],
    ["none", null],
    ["Neither.", null],
    ["3", null],
  ];
  it.each(answers)("and %s answers it", async (answer, column) => {
    const { analysis } = await analysisOf([twoDates, answer]);
    expect(analysis.dateColumn).toBe(column);
    expect(analysis.series?.date ?? null).toBe(column);
  });

  it("and not when the request or the names tell", async () => {
    const file = twoDates[0] ?? { text: "" };
    expect((await analysisOf([[file, { text: "Show temp by ship date" }]])).analysis.dateColumn).toBe(
      "ship date",
    );
    const named = csvFile("Date,due_date,n\n2024-01-01,2024-02-01,3\n2024-01-02,2024-02-05,4\n");
    expect((await analysisOf([[named]])).analysis.dateColumn).toBe("Date");
  });
});

describe("the order of day and month is asked for when no date tells", () => {
  const answers: [string, string | null, string][] = [
    ["day first", "2024-04-03", "date"],
    ["1", "2024-04-03", "date"],
    ["DD/MM/YYYY", "2024-04-03", "date"],
    ["month", "2024-03-04", "date"],
    ["the month comes first", "2024-03-04", "date"],
    ["none", null, "text"],
  ];
  it.each(answers)("and %s answers it", async (answer, min, type) => {
    expect(await questionOf(unclearOrder)).toContain(
      "Does the day or the month come first in when, as in 03/04/2024?",
    );
    const { analysis } = await analysisOf([unclearOrder, answer]);
    expect(analysis.columns[0]).toMatchObject({ type, min });
  });

  it("and not when one date, of this or another column, tells", async () => {
    const sure = csvFile("when,n\n03/04/2024,1\n25/04/2024,2\n");
    expect((await analysisOf([[sure]])).analysis.columns[0]).toMatchObject({ min: "2024-04-03" });
    const american = csvFile("when,n\n03/04/2024,1\n04/25/2024,2\n");
    expect((await analysisOf([[american]])).analysis.columns[0]).toMatchObject({ min: "2024-03-04" });
    const dots = csvFile("when,n\n03.04.2024,1\n05.06.2024,2\n");
    expect((await analysisOf([[dots]])).analysis.columns[0]).toMatchObject({ min: "2024-04-03" });
  });
});

describe("several questions", () => {
  const all = [csvFile("a;from;to\n1,5;01/02/2024;03/04/2024\n2,5;02/02/2024;05/04/2024\n")];

  it("come one after the other, and every answer goes to the question it follows", async () => {
    expect(await questionOf(all)).toContain("Which column is the date?");
    expect(await questionOf(all, "to")).toContain("come first in to, as in 03/04/2024?");
    expect(await questionOf(all, "to", "what?")).toContain("I cannot match “what?”");
    const { analysis } = await analysisOf([all, "to", "what?", "month first"]);
    expect(analysis).toMatchObject({ dateColumn: "to", columns: [{ mean: 2 }, {}, { min: "2024-03-04" }] });
  });

  it("begin anew with a new file", async () => {
    const { analysis, name } = await analysisOf([all, "to", [csvFile("x,y\n1,2\n", "other.csv")]]);
    expect({ name, rows: analysis.rows }).toEqual({ name: "other.csv", rows: 1 });
  });
});

describe("a CSV is asked for when there is none", () => {
  it("and the next message may bring it", async () => {
    expect(await questionOf("Hello, can you analyse a file for me?")).toContain("Send me a CSV");
    expect(await questionOf("Hello", "Sure, one moment")).toContain("Send me a CSV");
    const { analysis } = await analysisOf(["Plot y please", [csvFile("x,y\n1,2\n3,4\n")]]);
    expect(analysis.rows).toBe(2);
  });
});
