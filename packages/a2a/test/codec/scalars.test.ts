import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, encodeBase64, normalizeBase64, normalizeTimestamp } from "../../src/codec/index.js";

describe("timestamps", () => {
  test.each([
    ["2023-10-27T10:00:00Z", "2023-10-27T10:00:00.000Z"],
    ["2023-10-27T10:00:00.5Z", "2023-10-27T10:00:00.500Z"],
    ["2023-10-27T10:00:00.123400Z", "2023-10-27T10:00:00.123400Z"],
    ["2023-10-27T10:00:00.123456789Z", "2023-10-27T10:00:00.123456789Z"],
    ["2023-10-27T10:00:00.120000000Z", "2023-10-27T10:00:00.120Z"],
    ["2023-10-27T10:00:00-05:30", "2023-10-27T15:30:00.000Z"],
    ["2024-02-29T00:30:00.25+01:00", "2024-02-28T23:30:00.250Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"],
  ])("%s is %s", (text, normal) => {
    expect(normalizeTimestamp(text)).toBe(normal);
  });

  test.each([
    "",
    "2023-10-27",
    "2023-10-27T10:00:00",
    "2023-10-27 10:00:00Z",
    "2023-10-27t10:00:00z",
    "2023-02-29T00:00:00Z",
    "2023-02-30T00:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-00-10T00:00:00Z",
    "2023-01-00T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T23:60:00Z",
    "2023-01-01T23:59:60Z",
    "2023-01-01T00:00:00.Z",
    "2023-01-01T00:00:00.1234567890Z",
    "2023-01-01T00:00:00+2:00",
    "2023-01-01T00:00:00+24:00",
    "0000-12-31T23:59:59Z",
    "0000-12-31T23:59:59.000Z",
    "0000-12-31T23:59:59-01:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "10000-01-01T00:00:00Z",
    "1698400800",
  ])("%j is none", (text) => {
    expect(normalizeTimestamp(text)).toBeUndefined();
  });

  test("the days of every month are known", () => {
    for (let day = Date.UTC(1896, 0, 1); day < Date.UTC(2006, 0, 1); day += 86_400_000) {
      const text = new Date(day).toISOString();
      expect(normalizeTimestamp(text)).toBe(text);
    }
    for (const month of [
      "1900-02-29",
      "2023-04-31",
      "2023-06-31",
      "2023-09-31",
      "2023-11-31",
      "2023-12-32",
    ]) {
      expect(normalizeTimestamp(`${month}T00:00:00.000Z`)).toBeUndefined();
    }
  });

  test("any offset means the same moment", () => {
    const offsets = fc.tuple(fc.constantFrom("+", "-"), fc.nat(23), fc.nat(59));
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
        offsets,
        (date, [sign, h, m]) => {
          const shift = (h * 60 + m) * 60_000 * (sign === "+" ? 1 : -1);
          const local = new Date(date.getTime() + shift).toISOString().slice(0, -1);
          const text = `${local}${sign}${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`;
          expect(normalizeTimestamp(text)).toBe(date.toISOString());
        },
      ),
    );
  });
});

describe("base64", () => {
  test("every spelling of the same bytes has one normal form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const normal = Buffer.from(bytes).toString("base64");
        const url = Buffer.from(bytes).toString("base64url");
        expect(encodeBase64(bytes)).toBe(normal);
        expect(decodeBase64(url)).toEqual(new Uint8Array(bytes));
        const spellings = [normal, normal.replace(/=+$/, ""), url, url.padEnd(normal.length, "=")];
        expect(spellings.map(normalizeBase64)).toEqual(spellings.map(() => normal));
      }),
    );
  });

  test("ten million digits of base64url hold nobody up", () => {
    expect(normalizeBase64("-_".repeat(5_000_000))).toHaveLength(10_000_000);
  }, 5_000);

  test("idle bits of the last digit are cleared", () => {
    expect(normalizeBase64("QR==")).toBe("QQ==");
    expect(normalizeBase64("QUF")).toBe("QUE=");
  });

  test.each(["A", "A===", "AA=", "=", "====", "AAAA=", "AA AA", "AAA\n", "AA=A", "+_AA", "é", "AAAAA"])(
    "%j is none",
    (text) => {
      expect(normalizeBase64(text)).toBeUndefined();
      expect(() => decodeBase64(text)).toThrow(TypeError);
    },
  );

  test("large contents are no trouble", () => {
    const bytes = new Uint8Array(3_000_000).map((_, i) => i * 7);
    const text = encodeBase64(bytes);
    expect(normalizeBase64(text)).toBe(text);
    expect(decodeBase64(text).every((byte, i) => byte === bytes[i])).toBe(true);
  });
});
