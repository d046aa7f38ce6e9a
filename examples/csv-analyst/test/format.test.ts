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
    ["what Excel says, also when it is unusual", "sep=^\na^b\n1^2\n3^4\n", "^", ["a", "b"]],
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
    ["may leave names out", "a,,b\n1,2,3\n", ["a", "column 2", "b"], 1],
    [
      "may repeat names above numbers",
      "a,a (2),a,b,a\n1,2,3,x,5\n4,5,6,y,7\n",
      ["a", "a (2)", "a (3)", "b", "a (4)"],
      2,
    ],
    ["does not repeat text above text", "x,x\ny,z\nx,y\n", ["column 1", "column 2"], 3],
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

  it("may end in delimiters that nothing follows", async () => {
    const { columns, rows } = await read("a,b\n1,2,\n3,4,\n5,6,\n7,8,\n9,0\n");
    expect(columns.map(({ count }) => count)).toEqual([5, 5]);
    expect(rows).toBe(5);
  });

  const encodings: [string, Uint8Array][] = [
    ["UTF-8 with a byte order mark", Buffer.from("\ufeffcafé,b\nnaïve,2\n")],
    ["UTF-16 little endian", Buffer.from("\ufeffcafé,b\nnaïve,2\n", "utf16le")],
    ["UTF-16 big endian", Buffer.from("\ufeffcafé,b\nnaïve,2\n", "utf16le").swap16()],
    ["UTF-16 little endian without a mark", Buffer.from("café,b\nnaïve,2\n", "utf16le")],
    ["UTF-16 big endian without a mark", Buffer.from("café,b\nnaïve,2\n", "utf16le").swap16()],
    ["Windows-1252", Buffer.from("café,b\nnaïve,2\n", "latin1")],
  ];
  it.each(encodings)("in %s", async (_, bytes) => {
    const { columns } = await read(bytes);
    expect(columns[0]).toMatchObject({ name: "café", topValues: [{ value: "naïve", count: 1 }] });
  });

  it("in Windows-1252 though that shows only far into the file", async () => {
    const { columns, encoding, notes } = await read(
      Buffer.from(`city,n\n${"Rome,1\n".repeat(50_000)}Köln,2\n`, "latin1"),
    );
    expect(columns[0]?.topValues.map(({ value }) => value)).toEqual(["Rome", "Köln"]);
    expect(encoding).toBe("windows-1252");
    expect(notes.join()).toContain("The text is not Unicode");
  });

  it("in the charset that the file or the server names", async () => {
    const bytes = Buffer.from([0x93, 0x8c, 0x8b, 0x9e, ...Buffer.from(",n\na,1\nb,2\n")]);
    const file = { ...csvFile(bytes), mediaType: 'text/csv; charset="Shift_JIS"' };
    const served = Object.assign(once(bytes), { mediaType: "text/csv;charset=shift_jis" });
    for (const { analysis } of [
      await analysisOf([[file]]),
      await analysisOf(["https://x.example/a.csv"], async () => served),
    ]) {
      expect(analysis.columns[0]?.name).toBe("東京");
      expect(analysis.encoding).toBe("shift_jis");
    }
  });

  it.each([
    ["\r\n", "\r\n"],
    ["\r", "\r"],
    ["\r\n", "\n"],
    ["\n", "\r\n"],
    ["\r", "\n"],
  ])("may end with %j and then %j", async (first, second) => {
    const { rows, columns } = await read(`a,b${first}1,2${second}3,4${first}5,"6${second}7"${second}`);
    expect({ rows, columns: columns.length }).toEqual({ rows: 3, columns: 2 });
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

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
