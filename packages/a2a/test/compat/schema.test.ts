/** The messages of 0.3 over gRPC: against spec/a2a-0.3.proto. */
import { describe, expect, it, test } from "vitest";
import { enums, messages } from "../../src/compat/v0_3/schema.js";
import { protoName } from "../../src/protocol/index.js";
import { groupOf, jsonName, protoFile } from "../protocol/proto-file.js";

const file = protoFile("a2a-0.3.proto", "a2a.v1");
const types: Record<string, string> = {
  "google.protobuf.Timestamp": "timestamp",
  "google.protobuf.Struct": "struct",
};

describe("the schema", () => {
  it("has exactly the messages and enums of the proto file", () => {
    expect(Object.keys(messages).toSorted()).toEqual(file.messages.map(({ name }) => name).toSorted());
    expect(Object.keys(enums).toSorted()).toEqual(file.enums.map(({ name }) => name).toSorted());
  });

  test.each(file.messages)("$name has the fields of the proto file", ({ name, fieldsArray }) => {
    const stated = Object.entries(messages[name]?.fields ?? {}).map(([key, field]) => {
      const { number, type, list = false, map = false, oneof } = field;
      return [key, { name: field.protoName ?? protoName(key), number, type, list, map, oneof }];
    });
    const specified = fieldsArray.map((field) => [
      jsonName(field),
      {
        name: field.name,
        number: field.id,
        type: types[field.type] ?? field.type,
        list: field.repeated,
        map: field.map,
        oneof: groupOf(field),
      },
    ]);
    expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(specified));
  });

  test.each(file.enums)("$name has the values of the proto file", ({ name, values }) => {
    const stated = Object.entries(enums[name]?.values ?? {}).map(([value, { number }]) => [value, number]);
    expect(Object.fromEntries(stated)).toEqual(values);
  });
});
