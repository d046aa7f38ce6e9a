import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SseReader } from "../../src/bindings/sse-reader.js";

const encoder = new TextEncoder();
const read = (text: string, maxLength = 1_000) => new SseReader(maxLength).push(encoder.encode(text));

describe("SSE reader", () => {
  test.each([
    ["LF", "id: 1\ndata: a\n\ndata: b\n\n"],
    ["CRLF", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n"],
    ["CR", "id: 1\rdata: a\r\rdata: b\r\r"],
    ["a mixture", "id: 1\r\ndata: a\r\n\ndata: b\n\r"],
    ["a byte order mark", "\uFEFFid: 1\ndata: a\n\ndata: b\n\n"],
    ["comments and unknown fields", ": hello\nid: 1\nfoo: bar\ndata: a\n:\n\n:\n\ndata: b\nfoo\n\n"],
  ])("reads a stream with %s", (_, text) => {
    expect(read(text)).toEqual([
      { data: "a", id: "1" },
      { data: "b", id: undefined },
    ]);
  });

  test("joins data lines, strips one space, keeps the rest", () => {
    expect(read("data:a\ndata:  b\ndata\n\n")).toEqual([{ data: "a\n b\n", id: undefined }]);
  });

  test("drops what no empty line completes", () => {
    expect(read("data: a\n\nid: 2\ndata: b\n")).toEqual([{ data: "a", id: undefined }]);
  });

  test("an id with NUL is none", () => {
    expect(read("id: 1\nid: 2\0\ndata: a\n\n")).toEqual([{ data: "a", id: "1" }]);
  });

  test("an id without data names no event", () => {
    expect(read("id: 1\n\ndata: a\n\n")).toEqual([{ data: "a", id: undefined }]);
  });

  test("an id that no header field would carry is none", () => {
    const events = read(`id: ${"9".repeat(1_025)}\ndata: a\n\nid: a\0b\ndata: b\n\n`, 10_000);
    expect(events.map(({ id }) => id)).toEqual([undefined, undefined]);
  });

  test("keeps the retry time, unless it is no number", () => {
    const reader = new SseReader(100);
    reader.push(encoder.encode("retry: 1500\nretry: soon\n\n"));
    expect(reader.retry).toBe(1500);
  });

  test("refuses an event that is too long: in one line, in many, without an end", () => {
    const refused = expect.objectContaining({ reason: "INVALID_AGENT_RESPONSE" });
    const tooLong = (...chunks: string[]) => {
      const reader = new SseReader(100);
      for (const chunk of chunks) reader.push(encoder.encode(chunk));
    };
    expect(() => tooLong(`data: ${"x".repeat(100)}\n\n`)).toThrow(refused);
    expect(() => tooLong("data: xxxxxxxx\n".repeat(10))).toThrow(refused);
    expect(() => tooLong(...Array.from({ length: 11 }, () => "x".repeat(10)))).toThrow(refused);
    expect(() => tooLong("data: xxxxxxxx\n\n".repeat(100))).not.toThrow();
  });

  test("gives the same events however the bytes are cut", () => {
    const line = fc.oneof(
      fc.constantFrom("", "data", ":", ": comment", "data:", "id: 7", "retry: 5"),
      fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
    );
    const ending = fc.constantFrom("\n", "\r\n", "\r");
    const stream = fc.array(fc.tuple(line, ending), { maxLength: 40 }).map((lines) => lines.flat().join(""));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 20 }), (text, cuts) => {
        const bytes = encoder.encode(text);
        const whole = new SseReader(10_000).push(bytes);
        const reader = new SseReader(10_000);
        const points = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        const pieces = points.slice(1).flatMap((end, i) => reader.push(bytes.subarray(points[i], end)));
        expect(pieces).toEqual(whole);
      }),
    );
  });
});
