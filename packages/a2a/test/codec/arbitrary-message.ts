/** Arbitrary valid messages, made from the schema: as a peer may spell them, and in normal form. */
import fc from "fast-check";
import { enums, type Field, messages, protoName } from "../../src/protocol/index.js";

/** The same value twice: in one of the spellings ProtoJSON allows, and as the codec must give it back. */
export interface Spelled {
  wire: unknown;
  normal: unknown;
}

const unset: unique symbol = Symbol("unset");

export function arbitraryMessage(name: string): fc.Arbitrary<Spelled> {
  const entries = Object.entries(messages[name]?.fields ?? {});
  const group = entries.filter(([, field]) => field.oneof !== undefined).map(([key]) => key);
  const chosen = group.length === 0 ? fc.constant(undefined) : fc.constantFrom(...group);
  return chosen.chain((choice) => {
    const members = entries
      .filter(([key, field]) => field.oneof === undefined || key === choice)
      .map(([key, field]) => arbitraryMember(key, field));
    return fc.tuple(fc.tuple(...members), unknownMembers).map(([known, unknown]) => {
      const wire: [string, unknown][] = Object.entries(unknown);
      const normal: [string, unknown][] = [];
      for (const { key, spelling, value } of known) {
        if (value.wire !== unset) wire.push([spelling, value.wire]);
        if (value.normal !== unset) normal.push([key, value.normal]);
      }
      return { wire: Object.fromEntries(wire), normal: Object.fromEntries(normal) };
    });
  });
}

/** Names that are no field's; they must disappear. */
const unknownMembers = fc.dictionary(
  fc.constantFrom("x-a", "kind", "final", "$typeName"),
  fc.jsonValue({ maxDepth: 2 }),
  {
    maxKeys: 2,
  },
);

function arbitraryMember(key: string, field: Field) {
  const needed = field.required || field.oneof !== undefined;
  const absent = fc.constantFrom({ wire: unset, normal: unset }, { wire: null, normal: unset });
  const blank = fc.constant({ wire: "", normal: unset });
  const others =
    field.type === "string" && !field.list && !field.map && !field.optional ? [absent, blank] : [absent];
  const value = needed ? arbitraryField(field) : fc.oneof(...others, arbitraryField(field));
  const spelling = fc.constantFrom(key, protoName(key));
  return fc.record({ key: fc.constant(key), spelling, value });
}

function arbitraryField(field: Field): fc.Arbitrary<Spelled> {
  const one = arbitraryOne(field);
  if (field.list) {
    return fc.array(one, { minLength: field.required ? 1 : 0, maxLength: 3 }).map((items) => ({
      wire: items.map(({ wire }) => wire),
      normal: items.map(({ normal }) => normal),
    }));
  }
  if (!field.map) return one;
  const names = text(0).filter((name) => name !== "__proto__");
  return fc.array(fc.tuple(names, one), { maxLength: 2 }).map((items) => ({
    wire: Object.fromEntries(items.map(([name, { wire }]) => [name, wire])),
    normal: Object.fromEntries(items.map(([name, { normal }]) => [name, normal])),
  }));
}

function arbitraryOne(field: Field): fc.Arbitrary<Spelled> {
  const { type, min = -(2 ** 31), max = 2 ** 31 - 1 } = field;
  switch (type) {
    case "string":
      return text(field.required || !(field.list || field.map || field.oneof || field.optional) ? 1 : 0).map(
        same,
      );
    case "bool":
      return fc.boolean().map(same);
    case "int32":
      return fc.tuple(fc.integer({ min, max }), fc.boolean()).map(([normal, quoted]) => ({
        wire: quoted ? String(normal) : normal,
        normal,
      }));
    case "bytes":
      return fc
        .tuple(fc.uint8Array({ maxLength: 12 }), fc.constantFrom("base64", "base64url"))
        .map(([bytes, spelling]) => ({
          wire: Buffer.from(bytes).toString(spelling as BufferEncoding),
          normal: Buffer.from(bytes).toString("base64"),
        }));
    case "timestamp":
      return arbitraryTimestamp;
    case "struct":
      return fc.dictionary(text(0), json, { maxKeys: 3 }).map(same);
    case "value":
      return json.map(same);
    default:
      return enums[type] ? arbitraryEnum(type) : arbitraryMessage(type);
  }
}

function arbitraryEnum(type: string): fc.Arbitrary<Spelled> {
  const values = Object.entries(enums[type]?.values ?? {}).filter(([, { number }]) => number !== 0);
  return fc.tuple(fc.constantFrom(...values), fc.boolean()).map(([[normal, { number }], asNumber]) => ({
    wire: asNumber ? number : normal,
    normal,
  }));
}

const arbitraryTimestamp = fc
  .tuple(
    fc.date({
      min: new Date("0001-01-02T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    }),
    fc.constantFrom("Z", "+00:00", "+05:30", "-11:00"),
    fc.constantFrom("", "001", "999999"),
  )
  .map(([date, offset, finer]) => {
    const [, sign = "+", hours = "0", minutes = "0"] = /([+-])(\d+):(\d+)/.exec(offset) ?? [];
    const shift = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60_000 : 60_000);
    return {
      wire: new Date(date.getTime() + shift).toISOString().replace("Z", finer + offset),
      normal: date.toISOString().replace("Z", `${finer}Z`),
    };
  });

const json: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 3, stringUnit: "binary" })
  .map((value): unknown => JSON.parse(JSON.stringify(value).replaceAll('"__proto__":', '"proto":')));

function text(minLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: "binary", minLength, maxLength: 8 }).filter((value) => value !== "__proto__");
}

function same<T>(value: T): Spelled {
  return { wire: value, normal: value };
}
