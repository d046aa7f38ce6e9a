/** The codec against an independent implementation of ProtoJSON, for every message of the schema. */
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tryCheck } from "../../src/codec/index.js";
import { type MessageName, messages } from "../../src/protocol/index.js";
import { descriptor } from "../protocol/proto-file.js";
import { arbitraryMessage } from "./arbitrary-message.js";

const names = Object.keys(messages) as MessageName[];

describe("every valid message, in any spelling", () => {
  test.each(names)("%s comes out in normal form and means what it meant", (name) => {
    fc.assert(
      fc.property(arbitraryMessage(name), ({ wire, normal }) => {
        const result = tryCheck(name, wire);
        expect(result).toStrictEqual({ ok: true, value: normal });
        expect(oracle(name, wire)).toStrictEqual(oracle(name, normal));
        expect(tryCheck(name, normal)).toHaveProperty("value", normal);
      }),
      { numRuns: 60 },
    );
  });

  test.each(names)("%s in normal form is given back as it is", (name) => {
    fc.assert(
      fc.property(arbitraryMessage(name), ({ normal }) => {
        const result = tryCheck(name, normal);
        expect(result.ok && result.value === normal).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

/** What we refuse and ProtoJSON does not, each with its reason. */
const stricter: readonly (readonly [RegExp, string])[] = [
  [/^required$|^must not be empty$/, "field_behavior REQUIRED (spec 5.7)"],
  [/^expected exactly one of /, "a oneof is never empty here; the oracle sees two as an error, too"],
  [/^expected an integer from /, "ranges stated by the specification; integers in odd spellings such as 1e2"],
  [/^expected one of /, "unknown enum names are dropped by the oracle, unspecified is none of the values"],
  [/^expected base64/, "the oracle skips white space"],
  [/^expected an RFC 3339 timestamp/, "the oracle lets 30 February roll over"],
  [
    /^expected well-formed Unicode|^expected a well-formed/,
    "the oracle finds lone surrogates when it encodes",
  ],
];

describe("every message with something wrong in it", () => {
  test.each(names)(
    "%s is refused when the oracle refuses it, and only for a reason when it does not",
    (name) => {
      fc.assert(
        fc.property(
          arbitraryMessage(name).chain(({ wire }) => spoiled(wire)),
          (input) => {
            const result = tryCheck(name, input);
            const expected = oracle(name, input);
            if (result.ok) {
              expect(expected).toBeDefined();
              expect(oracle(name, result.value)).toStrictEqual(expected);
            } else if (expected !== undefined) {
              for (const { description } of result.violations) {
                expect(
                  stricter.some(([pattern]) => pattern.test(description)),
                  description,
                ).toBe(true);
              }
            }
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});

/** The oracle's own normal form, or undefined when it refuses. */
function oracle(name: string, input: unknown): JsonValue | undefined {
  const message = descriptor(name);
  try {
    return toJson(message, fromJson(message, input as JsonValue, { ignoreUnknownFields: true }));
  } catch {
    return undefined;
  }
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    1,
    -1,
    1.5,
    2 ** 31,
    1e300,
    "",
    "1",
    "-5",
    "1.5",
    "1e2",
    " ",
    [],
    {},
    [null],
  ),
  fc.constantFrom<unknown>(
    "TASK_STATE_WORKING",
    "ROLE_USER",
    "user",
    "TASK_STATE_UNSPECIFIED",
    "AQ",
    "A",
    "_-8",
    "a b",
  ),
  fc.constantFrom<unknown>(
    "2023-02-30T00:00:00Z",
    "2023-01-01T00:00:00+01:00",
    "0001-01-01T00:00:00+01:00",
    "\ud800",
  ),
  fc.constantFrom<unknown>(
    { text: "a" },
    { text: null },
    { data: null },
    { text: "a", url: "b" },
    { task: {} },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The value with one place in it replaced, removed or added to. */
function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== "object" || value === null) return junk;
  const keys = Object.keys(value);
  const here = Array.isArray(value)
    ? junk.map((item) => [...value, item])
    : fc
        .tuple(fc.constantFrom("text", "data", "state", "role", "id", "task_id", "metadata", "zzz"), junk)
        .map(([key, item]) => ({ ...value, [key]: item }));
  if (keys.length === 0) return fc.oneof(junk, here);
  const below = fc.constantFrom(...keys).chain((key) => {
    const member: unknown = Reflect.get(value, key);
    const without: fc.Arbitrary<unknown> = fc.constant(replaced(value, key, undefined));
    return fc.oneof(
      { weight: 1, arbitrary: without },
      { weight: 6, arbitrary: spoiled(member).map((item) => replaced(value, key, item)) },
    );
  });
  return fc.oneof(
    { weight: 1, arbitrary: junk },
    { weight: 2, arbitrary: here },
    { weight: 8, arbitrary: below },
  );
}

function replaced(value: object, key: string, item: unknown): unknown {
  if (Array.isArray(value)) return value.map((old: unknown, i) => (String(i) === key ? (item ?? null) : old));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, old]) =>
      name !== key ? [[name, old]] : item === undefined ? [] : [[name, item]],
    ),
  );
}
