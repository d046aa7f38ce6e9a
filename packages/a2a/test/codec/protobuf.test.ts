/** The protobuf codec against an independent implementation, for every message of the schema. */
import { create, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  EmptySchema,
  ListValueSchema,
  StructSchema,
  TimestampSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { tryCheck } from "../../src/codec/index.js";
import { decode, encode, protobuf, WireError } from "../../src/codec/protobuf/index.js";
import { type Message, type MessageName, type Messages, messages } from "../../src/protocol/index.js";
import { descriptor } from "../protocol/proto-file.js";
import { arbitraryMessage } from "./arbitrary-message.js";

const names = Object.keys(messages) as MessageName[];

const theirs = (name: string, json: unknown): Uint8Array =>
  toBinary(descriptor(name), fromJson(descriptor(name), json as JsonValue));
const inJson = (name: string, bytes: Uint8Array): JsonValue =>
  toJson(descriptor(name), fromBinary(descriptor(name), bytes));

describe("every message", () => {
  test.each(names)("%s: what we write, they read as what it was", (name) => {
    fc.assert(
      fc.property(arbitraryMessage(name), ({ normal }) => {
        const bytes = encode(name, normal as Messages[typeof name]);
        expect(inJson(name, bytes)).toStrictEqual(inJson(name, theirs(name, normal)));
        expect(bytes.length).toBe(theirs(name, normal).length);
      }),
      { numRuns: 60 },
    );
  });

  test.each(names)("%s: what they write, we read as what it was", (name) => {
    fc.assert(
      fc.property(arbitraryMessage(name), unknownFields, ({ normal }, unknown) => {
        const bytes = Buffer.concat([unknown, theirs(name, normal), unknown]);
        const read = tryCheck(name, decode(name, bytes), { mode: "response" });
        expect(read.ok && inJson(name, theirs(name, read.value))).toStrictEqual(
          inJson(name, theirs(name, normal)),
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each(names)(
    "%s: bytes that were tampered with are read or refused, and what is read is checked",
    (name) => {
      fc.assert(
        fc.property(
          arbitraryMessage(name),
          fc.nat(),
          fc.nat(255),
          fc.boolean(),
          ({ normal }, at, byte, cut) => {
            const bytes = Buffer.from(theirs(name, normal));
            fc.pre(bytes.length > 0);
            bytes[at % bytes.length] = byte;
            const message = readOrRefuse(name, cut ? bytes.subarray(0, at % bytes.length) : bytes);
            const checked = message && tryCheck(name, message, { mode: "response" });
            if (checked?.ok) expect(inJson(name, encode(name, checked.value))).toBeDefined();
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});

function readOrRefuse(name: MessageName, bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    return decode(name, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return undefined;
  }
}

/** Fields that no message has, of every wire type, groups in groups included. */
const unknownFields = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1000, max: 2 ** 29 - 1 }),
      fc.constantFrom("varint", "fixed64", "bytes", "fixed32", "group"),
    ),
    { maxLength: 3 },
  )
  .map((fields) => {
    const writer = new BinaryWriter();
    for (const [number, type] of fields) {
      if (type === "varint") writer.tag(number, WireType.Varint).int64(-1n);
      if (type === "fixed64") writer.tag(number, WireType.Bit64).double(1);
      if (type === "bytes") writer.tag(number, WireType.LengthDelimited).string("new");
      if (type === "fixed32") writer.tag(number, WireType.Bit32).float(1);
      if (type !== "group") continue;
      writer.tag(number, WireType.StartGroup).tag(1, WireType.StartGroup).tag(2, WireType.Varint).uint32(300);
      writer.tag(1, WireType.EndGroup).tag(number, WireType.EndGroup);
    }
    return writer.finish();
  });

/** Bytes by hand: pairs of a tag's field number and wire type, and a content. */
const raw = (write: (writer: BinaryWriter) => void): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

describe("values", () => {
  const part = (data: JsonValue) => ({ data });
  it.each([
    [null],
    [[]],
    [{}],
    [[null, [null], { a: null }]],
    [{ a: { b: [1, "x", true, false, null, -0.5, 1e300, 5e-324] } }],
    ["ü☂😀".repeat(50)],
  ] as [JsonValue][])("%j comes back", (value) => {
    expect(decode("Part", encode("Part", part(value)))).toStrictEqual(part(value));
    expect(decode("Part", theirs("Part", part(value)))).toStrictEqual(part(value));
  });

  it("reads a value of no kind as null, and so does an entry without one", () => {
    const bytes = raw((writer) =>
      writer.tag(4, WireType.LengthDelimited).bytes(toBinary(ValueSchema, create(ValueSchema))),
    );
    expect(decode("Part", bytes)).toStrictEqual({ data: null });
    const struct = raw((writer) =>
      writer
        .tag(5, 2)
        .bytes(raw((inner) => inner.tag(1, 2).bytes(raw((entry) => entry.tag(1, 2).string("a"))))),
    );
    expect(decode("Part", struct)).toStrictEqual({ metadata: { a: null } });
  });

  it("takes numbers that JSON does not have for the check to refuse", () => {
    const value = create(ValueSchema, { kind: { case: "numberValue", value: Number.NaN } });
    const bytes = raw((writer) =>
      writer.tag(4, WireType.LengthDelimited).bytes(toBinary(ValueSchema, value)),
    );
    expect(tryCheck("Part", decode("Part", bytes))).toMatchObject({ violations: [{ field: "data" }] });
  });

  it("never lets a name replace a prototype", () => {
    const struct = toBinary(
      StructSchema,
      create(StructSchema, {
        fields: { ["__proto__"]: create(ValueSchema, { kind: { case: "boolValue", value: true } }) },
      }),
    );
    const { metadata } = decode(
      "Part",
      raw((writer) => writer.tag(5, 2).bytes(struct)),
    );
    expect(metadata).toStrictEqual({});
    const schemes = raw((writer) =>
      writer
        .tag(1, 2)
        .bytes(raw((entry) => entry.tag(1, 2).string("__proto__").tag(2, 2).bytes(new Uint8Array()))),
    );
    expect(decode("SecurityRequirement", schemes)).toStrictEqual({ schemes: {} });
  });

  it("leaves nesting past the check's limit to the check, and refuses what would break the stack", () => {
    const nested = (depth: number) => {
      let value = create(ValueSchema, { kind: { case: "nullValue", value: 0 } });
      for (let i = 0; i < depth; i++)
        value = create(ValueSchema, {
          kind: { case: "listValue", value: create(ListValueSchema, { values: [value] }) },
        });
      return raw((writer) => writer.tag(4, 2).bytes(toBinary(ValueSchema, value)));
    };
    expect(tryCheck("Part", decode("Part", nested(99))).ok).toBe(true);
    expect(tryCheck("Part", decode("Part", nested(101)))).toMatchObject({
      violations: [{ description: "nested deeper than 100 levels" }],
    });
    expect(() => decode("Part", nested(1000))).toThrow(WireError);
  });
});

describe("scalars", () => {
  it("keeps an empty text, which is content, and a zero that was set", () => {
    expect(decode("Part", encode("Part", { text: "" }))).toStrictEqual({ text: "" });
    expect(decode("GetTaskRequest", encode("GetTaskRequest", { id: "t", historyLength: 0 }))).toStrictEqual({
      id: "t",
      historyLength: 0,
    });
    expect(
      encode("ListTasksResponse", { tasks: [], nextPageToken: "", pageSize: 0, totalSize: 0 }),
    ).toHaveLength(0);
  });

  it.each([-(2 ** 31), -1, 1, 127, 128, 2 ** 31 - 1])("int32 %i", (pageSize) => {
    const request = { taskId: "t", pageSize };
    const bytes = theirs("ListTaskPushNotificationConfigsRequest", request);
    expect(encode("ListTaskPushNotificationConfigsRequest", request)).toEqual(bytes);
    expect(decode("ListTaskPushNotificationConfigsRequest", bytes)).toStrictEqual(request);
  });

  it("truncates an int32 to 32 bits, as protobuf does", () => {
    const bytes = raw((writer) => writer.tag(2, WireType.Varint).int64(2n ** 35n + 5n));
    expect(decode("ListTaskPushNotificationConfigsRequest", bytes)).toStrictEqual({ pageSize: 5 });
  });

  it("gives an unknown enum's number, which the check refuses", () => {
    const bytes = raw((writer) => writer.tag(1, WireType.Varint).int32(77));
    expect(decode("TaskStatus", bytes)).toStrictEqual({ state: 77 });
    expect(tryCheck("TaskStatus", { state: 77 })).toMatchObject({ violations: [{ field: "state" }] });
  });

  it("adds the pieces of a message together", () => {
    const piece = (message: object) =>
      encode("SendMessageRequest", { message } as Messages["SendMessageRequest"]);
    const bytes = Buffer.concat([
      piece({ messageId: "m", parts: [{ text: "a" }], metadata: { a: 1 } }),
      piece({ role: "ROLE_USER", parts: [{ text: "b" }], metadata: { b: 2 } }),
    ]);
    expect(decode("SendMessageRequest", bytes)).toStrictEqual({
      message: {
        messageId: "m",
        role: "ROLE_USER",
        parts: [{ text: "a" }, { text: "b" }],
        metadata: { a: 1, b: 2 },
      },
    });
  });

  it("takes the last of a oneof and forgets the others", () => {
    const bytes = Buffer.concat([encode("Part", { text: "a" }), encode("Part", { url: "b" })]);
    expect(decode("Part", bytes)).toStrictEqual({ url: "b" });
  });

  it.each([
    "0001-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:00:00.000Z",
    "2026-11-21T01:02:03.456Z",
    "2026-11-21T01:02:03.456789Z",
    "2026-11-21T01:02:03.000000001Z",
    "9999-12-31T23:59:59.999999999Z",
  ])("timestamp %s", (timestamp) => {
    const status = { state: "TASK_STATE_WORKING", timestamp } as const;
    expect(encode("TaskStatus", status)).toEqual(theirs("TaskStatus", status));
    expect(decode("TaskStatus", encode("TaskStatus", status))).toStrictEqual(status);
  });

  it.each([
    [-62135596801n, 0],
    [253402300800n, 0],
    [2n ** 62n, 0],
    [0n, -1],
    [0n, 1_000_000_000],
  ])("a timestamp of %i seconds and %i nanoseconds is refused by the check", (seconds, nanos) => {
    const timestamp = toBinary(TimestampSchema, create(TimestampSchema, { seconds, nanos }));
    const bytes = raw((writer) => writer.tag(1, 0).int32(2).tag(3, 2).bytes(timestamp));
    expect(tryCheck("TaskStatus", decode("TaskStatus", bytes))).toMatchObject({
      violations: [{ field: "timestamp" }],
    });
  });

  it("packs lists of numbers, and reads them either way", () => {
    const codec = protobuf({
      messages: { M: { doc: "", fields: { n: { number: 1, type: "int32", list: true, doc: "" } } } },
    });
    const packed = raw((writer) =>
      writer.tag(1, 2).bytes(raw((inner) => inner.int32(1).int32(-2).int32(300))),
    );
    const unpacked = raw((writer) => writer.tag(1, 0).int32(1).tag(1, 0).int32(-2).tag(1, 0).int32(300));
    expect(codec.encode("M", { n: [1, -2, 300] })).toEqual(packed);
    for (const bytes of [packed, unpacked])
      expect(codec.decode("M", bytes)).toStrictEqual({ n: [1, -2, 300] });
  });

  it("moves the content of messages that need more than one byte of length", () => {
    for (const length of [127, 128, 16_383, 16_384, 2_097_152]) {
      const message: Message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "x".repeat(length) }] };
      expect(Buffer.compare(encode("Message", message), theirs("Message", message))).toBe(0);
      expect(decode("Message", encode("Message", message))).toStrictEqual(message);
    }
  });
});

describe("what is not protobuf", () => {
  it.each([
    ["a length past the end", [0x0a, 5, 65]],
    ["a varint that breaks off", [0x10, 0x80]],
    ["a varint of eleven bytes", [0x10, ...Array(10).fill(0x80), 0]],
    ["field number 0", [0x00, 1]],
    ["a field number past 2^29", [0x80, 0x80, 0x80, 0x80, 0x10, 1]],
    ["wire type 7", [0x0f, 1]],
    ["the end of a group that was not begun", [0x0c]],
    ["a group that does not end", [0x7b, 0x08, 1]],
    ["a double that breaks off", [0x79, 1, 2]],
    ["text that is not UTF-8", [0x0a, 2, 0xc3, 0x28]],
    ["an encoded surrogate", [0x0a, 3, 0xed, 0xa0, 0x80]],
  ])("%s", (_, bytes) => {
    expect(() => decode("GetTaskRequest", Uint8Array.from(bytes))).toThrow(WireError);
  });

  it("skips fields whose wire type is not theirs", () => {
    const bytes = raw((writer) => writer.tag(2, WireType.Varint).uint32(7).tag(3, WireType.Bit64).double(1));
    expect(decode("GetTaskRequest", bytes)).toStrictEqual({});
    expect(toBinary(EmptySchema, create(EmptySchema))).toHaveLength(0);
  });

  it("refuses groups that are nested to break the stack", () => {
    expect(() => decode("GetTaskRequest", new Uint8Array(100_000).fill(0x7b))).toThrow(WireError);
  });
});
