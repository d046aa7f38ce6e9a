import type { Part } from "@parley/a2a/protocol";
import { describe, expect, it } from "vitest";
import { type FetchUrl, readConversation, SourceError } from "../src/source.js";
import { analysisOf, csvFile, messages, outcomeOf, questionOf } from "./conversation.js";

const csv = "city,sales\nOslo,3\nRome,4\n";

/** A web where every address serves the CSV in small chunks, and what was asked for. */
function web(): { fetchUrl: FetchUrl; asked: string[] } {
  const asked: string[] = [];
  const fetchUrl: FetchUrl = async (url) => {
    asked.push(url);
    return (async function* () {
      for (const character of csv) yield Buffer.from(character);
    })();
  };
  return { fetchUrl, asked };
}

describe("a CSV comes", () => {
  const ways: [string, (string | Part[])[], string?][] = [
    ["as a file", [[csvFile(csv)]]],
    ["as a file in base64url without padding", [[{ raw: Buffer.from(csv).toString("base64url") }]]],
    ["as a file after the instructions", [[{ text: "Summarise this" }, csvFile(csv)]]],
    ["beside another file", [[{ raw: "JVBERi0=", filename: "a.pdf" }, csvFile(csv)]]],
    ["as a text part that says so", [[{ text: csv, mediaType: "text/csv" }]]],
    ["as text", [csv]],
    ["as text after a line of instructions", [`Analyse this, please:\n${csv}`]],
    ["as text between paragraphs", [`Dear analyst,\n\n${csv}\nThank you!`]],
    ["as text in a fence", [`Analyse:\n\`\`\`csv\n${csv}\`\`\`\nThanks`]],
    ["as a second text part", [[{ text: "Analyse" }, { text: csv }]]],
    ["as a URL part", [[{ url: "https://example.com/a/sales.csv" }]], "https://example.com/a/sales.csv"],
    ["as a URL in the text", ["Analyze https://example.com/sales.csv"], "https://example.com/sales.csv"],
    [
      "as a URL at the end of a sentence",
      ["See (https://example.com/s.csv?x=1)."],
      "https://example.com/s.csv?x=1",
    ],
    [
      "as the URL that names a CSV",
      ["From https://example.com/about take https://example.com/s.csv, please"],
      "https://example.com/s.csv",
    ],
    [
      "as a URL without a telling name",
      ["Analyze https://example.com/export?id=7"],
      "https://example.com/export?id=7",
    ],
  ];
  it.each(ways)("%s", async (_, contents, url) => {
    const { fetchUrl, asked } = web();
    const { analysis } = await analysisOf(contents, fetchUrl);
    expect(analysis.columns.map(({ name }) => name)).toEqual(["city", "sales"]);
    expect(analysis.rows).toBe(2);
    expect(asked).toEqual(url ? [url] : []);
  });

  it("with its name and the rest of what was said", () => {
    const { source, request } = readConversation(messages("Use sales", `By city:\n\n${csv}`));
    expect(source?.name).toBe("pasted text");
    expect(request).toBe("Use sales\nBy city:");
    expect(readConversation(messages("https://example.com/a%20b.csv?x")).source?.name).toBe("a b.csv");
  });
});

describe("what is not CSV is refused, with the reason", () => {
  const prose =
    "It was a dark and stormy night and nobody knew why.\nRain fell on the sleeping town.\nThen it stopped.\n";
  const refused: [string, (string | Part[])[], RegExp][] = [
    ["a PDF", [[csvFile("%PDF-1.7\n%âãÏÓ\n", "data.pdf")]], /a PDF document/],
    ["a PNG", [[csvFile(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]))]], /a PNG image/],
    ["a workbook", [[csvFile("PK\x03\x04rest")]], /Excel workbook/],
    ["gzip", [[csvFile(Uint8Array.from([0x1f, 0x8b, 8, 0]))]], /gzip/],
    ["other binary data", [[csvFile(Uint8Array.from([1, 0, 2, 0, 3]))]], /binary data/],
    ["control characters", [[csvFile("\x01\x02\x03\x04a,b\n")]], /binary data/],
    ["JSON", [[csvFile('{"a": [1, 2]}')]], /JSON/],
    ["JSON on many lines", [[csvFile('[\n  {"a": 1},\n  {"a": 2}\n]')]], /JSON/],
    ["JSON lines", [[csvFile('{"a": 1}\n{"a": 2}\n')]], /JSON/],
    ["JSON as text", ['{"a": 1}'], /JSON/],
    ["structured data", [[{ data: { a: 1 } }]], /structured data/],
    ["HTML", [[csvFile("<!DOCTYPE html>\n<html><body>a,b</body></html>")]], /HTML/],
    ["XML", [[csvFile('<?xml version="1.0"?><a/>')]], /XML/],
    ["nothing", [[csvFile("")]], /empty/],
    ["blanks", [[csvFile(" \n\n\t\n")]], /empty/],
    ["UTF-32", [[csvFile(Buffer.from("\ufeff\0a\0,\0b\0\n\x001\0,\x002\0", "utf16le"))]], /binary data/],
    [
      "a row longer than is looked at",
      [[csvFile(`a,b\n${`1,${"x".repeat(300_000)}\n`.repeat(3)}`)]],
      /too long/,
    ],
    ["a header alone", [[csvFile("a,b,c\n")]], /no rows of data/],
    ["prose", [[csvFile(prose, "a.txt", "text/plain")]], /no delimiter|no columns/],
    [
      "a letter",
      [
        [
          csvFile(
            "Dear Bob,\nI hope that this, after all, finds you well.\nWe are well, mostly.\nYours, Ann\n",
          ),
        ],
      ],
      /no columns/,
    ],
    ["a long text", [prose.repeat(3)], /no table/],
    ["a quote that never ends", [[csvFile('a,b\n1,"open\n2,3\n')]], /quoted field/],
    ["a file address", [[{ url: "file:///etc/passwd" }]], /http and https/],
  ];
  it.each(refused)("%s", async (_, contents, why) => {
    const { outcome } = await outcomeOf(contents);
    expect(outcome).toMatchObject({ kind: "refused", why: expect.stringMatching(why) });
  });

  it("also when it shows only far into the file", async () => {
    const late = `a,b\n${"1,2\n".repeat(100_000)}3,"open\n${"4,5\n".repeat(10)}`;
    const { outcome } = await outcomeOf([[csvFile(late)]]);
    const why = expect.stringContaining("begins in row 100,002 (header included) never ends");
    expect(outcome).toMatchObject({ kind: "refused", why });
    const longer = await outcomeOf([[csvFile(late + "4,5\n".repeat(300_000))]]);
    const more = expect.stringContaining("What begins in row 100,002 (header included) is longer than 1 MB");
    expect(longer.outcome).toMatchObject({ kind: "refused", why: more });
  });

  it("but JSON in a cell is data", async () => {
    const { analysis } = await analysisOf([[csvFile('id,tags\n1,"[""x""]"\n2,"{}"\n')]]);
    expect(analysis.rows).toBe(2);
  });

  it("and a short text without CSV is asked about instead", async () => {
    expect(await questionOf("What can you do?")).toContain("Send me a CSV");
  });
});

describe("a URL", () => {
  it("that cannot be fetched fails with the reason", async () => {
    const fetchUrl: FetchUrl = () =>
      Promise.reject(new SourceError("failed", "https://x.example answered 404."));
    const { outcome } = await outcomeOf(["https://x.example/a.csv"], { fetchUrl });
    expect(outcome).toEqual({ kind: "failed", why: "https://x.example answered 404." });
  });

  it("is read again, and no further than needed, when there is a question first", async () => {
    const opened: { chunks: number; closed: boolean }[] = [];
    const fetchUrl: FetchUrl = async () => {
      const one = { chunks: 0, closed: false };
      opened.push(one);
      return (async function* () {
        try {
          yield Buffer.from("a,b;c,d\n");
          for (; one.chunks < 20; one.chunks++) yield Buffer.from("1,2;3,4\n".repeat(10_000));
        } finally {
          one.closed = true;
        }
      })();
    };
    const first = await outcomeOf(["https://x.example/a.csv"], { fetchUrl });
    expect(first.outcome.kind).toBe("question");
    expect(opened[0]?.closed).toBe(true);
    expect(opened[0]?.chunks).toBeLessThan(10);
    const { analysis } = await analysisOf(["https://x.example/a.csv", "semicolon"], fetchUrl);
    expect(analysis.rows).toBe(200_000);
  });

  it("is let go in the middle when the task is canceled", async () => {
    const abort = new AbortController();
    let closed = false;
    const fetchUrl: FetchUrl = async () =>
      (async function* () {
        try {
          yield Buffer.from("a,b\n");
          for (let chunk = 0; ; chunk++) {
            if (chunk === 50) abort.abort(new Error("canceled"));
            yield Buffer.from("1,2\n".repeat(10_000));
          }
        } finally {
          closed = true;
        }
      })();
    await expect(outcomeOf(["https://x.example/a.csv"], { fetchUrl, signal: abort.signal })).rejects.toThrow(
      "canceled",
    );
    expect(closed).toBe(true);
  });
});

describe("progress", () => {
  it("is told every 50,000 rows, not for every row", async () => {
    const { progress } = await outcomeOf([[csvFile(`a,b\n${"1,2\n".repeat(120_000)}`)]]);
    expect(progress[0]).toBe("Reading data.csv: 2 columns");
    expect(progress.at(-1)).toBe("Read 120,000 rows; writing the report");
    const counts = progress.slice(1, -1);
    expect(counts.length).toBeGreaterThanOrEqual(2);
    for (const line of counts) expect(line).toMatch(/^Read \d+,\d{3} rows$/);
  });
});

describe("a message made to keep the analyst busy", () => {
  const floods: [string, string][] = [
    ["blanks before a line", `${" ".repeat(300_000)}x\ny`],
    ["paragraphs without end", "a, b\n\n".repeat(200_000)],
    ["lines of prose", "so it goes, and on; it goes\n".repeat(100_000)],
    ["backticks", "```a\n".repeat(100_000)],
    ["a number without end", `n\n${"1,".repeat(200_000)}x\n`],
  ];
  it.each(floods)("(%s) gets an answer all the same", async (_, text) => {
    const { outcome } = await outcomeOf([text, "1"]);
    expect(outcome.kind).toMatch(/question|refused|done/);
  });
});
