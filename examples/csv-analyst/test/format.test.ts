import { describe, expect, it } from "vitest";
import { delimiterName } from "../src/plan.js";
import { analysisOf, csvFile } from "./conversation.js";

async function read(content: string | Uint8Array, filename?: string, request = "Summarise this") {
  const { analysis } = await analysisOf([[csvFile(content, filename), { text: request }]]);
  return analysis;
}

describe("the delimiter", () => {
  const rows: [string, string, string, string[]][] = [
    ["comma", "a,b,c\n1,2,3\n4,5,6\n", "comma", ["a", "b", "c"]],
    ["semicolon with decimal commas", "name;price\nA;1,5\nB;2,25\n", "semicolon", ["name", "price"]],
    ["tab", "a\tb\n1\t2\n3\t4\n", "tab", ["a", "b"]],
    ["pipe", "a|b\n1|2\n3|4\n", "pipe", ["a", "b"]],
    ["comma beside semicolons in quotes", 'a,b\n"1;2",x\n"3;4",y\n', "comma", ["a", "b"]],
    ["what Excel says on the first line", "sep=;\r\na;b,c\r\n1;2,3\r\n", "semicolon", ["a", "b,c"]],
    ["below a title", "Sales of 2024\n\nregion,amount\nN,5\nS,6\n", "comma", ["region", "amount"]],
    ["none: one value per line", "value\n3\n4\n5\n", "single column", ["value"]],
  ];
  it.each(rows)("%s", async (_, content, delimiter, columns) => {
    const analysis = await read(content);
    expect(delimiterName(analysis.layout.delimiter)).toBe(delimiter);
    expect(analysis.columns.map(({ name }) => name)).toEqual(columns);
  });

  it("is taken from a file's name or the request where two would do", async () => {
    const tsv = await read("a\tb,c\n1\t2,3\n", "data.tsv");
    expect(tsv.columns).toHaveLength(2);
    const said = await read("a,b;c\n1,2;3\n", "data.csv", "It is semicolon-separated");
    expect(said.columns.map(({ name }) => name)).toEqual(["a,b", "c"]);
  });
});

describe("the header", () => {
  const rows: [string, string, string[], number][] = [
    ["is there when the first row is text", "id,name\n1,x\n2,y\n", ["id", "name"], 2],
    ["is absent when the first row has numbers", "1,x\n2,y\n3,z\n", ["column 1", "column 2"], 3],
    ["may hold years", "Country,2019,2020\nA,3.1,4\nB,5,6\n", ["Country", "2019", "2020"], 2],
    ["may repeat names and leave some out", "a,,b\n1,2,3\n", ["a", "column 2", "b"], 1],
    ["may be quoted over two lines", '"first\nname",b\nAnn,2\n', ["first name", "b"], 1],
  ];
  it.each(rows)("%s", async (_, content, columns, count) => {
    const analysis = await read(content);
    expect(analysis.columns.map(({ name }) => name)).toEqual(columns);
    expect(analysis.rows).toBe(count);
  });
});

describe("rows", () => {
  it("keep commas, quotes and newlines inside quotes", async () => {
    const { rows, columns } = await read('n,note\n1,"a, b"\n2,"say ""hi"""\n3,"two\nlines"\n');
    expect(rows).toBe(3);
    expect(columns[1]?.topValues.map(({ value }) => value)).toEqual(["a, b", 'say "hi"', "two\nlines"]);
  });

  it("that are short or long are counted", async () => {
    const lines = ["a,b,c", "1,2", "1,2,3,4", "1,2,3,", ...Array(20).fill("1,2,3")];
    const analysis = await read(lines.join("\n"));
    expect(analysis.ragged).toEqual({ short: 1, long: 1 });
    expect(analysis.columns[2]).toMatchObject({ count: 22, missing: 1 });
    expect(analysis.notes.join()).toContain("1 row with too few cells");
  });

  const encodings: [string, Uint8Array][] = [
    ["UTF-8 with a byte order mark", Buffer.from("\ufeffcafé,b\nnaïve,2\n")],
    ["UTF-16 little endian", Buffer.from("\ufeffcafé,b\nnaïve,2\n", "utf16le")],
    ["UTF-16 big endian", Buffer.from("\ufeffcafé,b\nnaïve,2\n", "utf16le").swap16()],
    ["Windows-1252", Buffer.from("café,b\nnaïve,2\n", "latin1")],
  ];
  it.each(encodings)("in %s", async (_, bytes) => {
    const { columns } = await read(bytes);
    expect(columns[0]).toMatchObject({ name: "café", topValues: [{ value: "naïve", count: 1 }] });
  });

  it("end with carriage returns too", async () => {
    expect((await read("a,b\r\n1,2\r\n3,4\r\n")).rows).toBe(2);
    expect((await read("a,b\r1,2\r3,4\r")).rows).toBe(2);
  });

  it("may be very wide, up to a limit", async () => {
    const wide = (columns: number) => {
      const cells = (prefix: string) =>
        Array.from({ length: columns }, (_, index) => `${prefix}${index}`).join(",");
      return `${cells("a_rather_long_name_for_column_")}\n${`${cells("1")}\n`.repeat(3)}`;
    };
    const { columns, rows } = await read(wide(2000));
    expect({ columns: columns.length, rows }).toEqual({ columns: 2000, rows: 3 });
    await expect(read(wide(2001))).rejects.toThrow("It has 2,001 columns; I take up to 2,000.");
  });
});
