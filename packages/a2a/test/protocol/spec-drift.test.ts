import { expect, test } from "vitest";
import {
  enums,
  type Field,
  type HttpRoute,
  messages,
  type OperationName,
  operations,
  protoName,
} from "../../src/protocol/index.js";
import {
  camelCase,
  extension,
  groupOf,
  isOptional,
  jsonName,
  protoEnums,
  protoMessages,
  protoMethods,
} from "./proto-file.js";

const wellKnown: Record<string, string> = {
  "google.protobuf.Timestamp": "timestamp",
  "google.protobuf.Struct": "struct",
  "google.protobuf.Value": "value",
};

test("the schema has exactly the messages and enums of the proto file", () => {
  expect(Object.keys(messages).sort()).toEqual(protoMessages.map(({ name }) => name).sort());
  expect(Object.keys(enums).sort()).toEqual(protoEnums.map(({ name }) => name).sort());
});

test.each(protoMessages)("$name has the fields of the proto file", (message) => {
  const stated = Object.entries(messages[message.name]?.fields ?? {}).map(([name, field]) => [
    protoName(name),
    { jsonName: name, ...facts(field) },
  ]);
  const specified = message.fieldsArray.map((field) => [
    field.name,
    {
      jsonName: jsonName(field),
      number: field.id,
      type: wellKnown[field.type] ?? field.type,
      list: field.repeated,
      map: field.map,
      required: extension(field, "google.api.field_behavior") === "REQUIRED",
      optional: isOptional(field),
      oneof: groupOf(field),
      deprecated: field.options?.["deprecated"] === true,
    },
  ]);
  expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(specified));
});

test.each(protoEnums)("$name has the values of the proto file", ({ name, values }) => {
  const stated = Object.entries(enums[name]?.values ?? {}).map(([value, { number }]) => [value, number]);
  expect(Object.fromEntries(stated)).toEqual(values);
});

test("every field, message and enum value says what it is", () => {
  for (const { doc, fields } of Object.values(messages)) {
    for (const text of [doc, ...Object.values(fields).map((field) => field.doc)])
      expect(text).toMatch(/\S\.$/s);
  }
  for (const { doc, values } of Object.values(enums)) {
    for (const text of [doc, ...Object.values(values).map((value) => value.doc)])
      expect(text).toMatch(/\S\.$/s);
  }
});

test("the operations are the methods of the service", () => {
  const stated = Object.values(operations).map(({ name, request, response, streaming }) => ({
    name,
    request,
    response,
    streaming,
  }));
  const specified = protoMethods.map(({ name, requestType, responseType, responseStream }) => ({
    name,
    request: requestType,
    response: responseType.replace("google.protobuf.", ""),
    streaming: responseStream ?? false,
  }));
  expect(stated.sort(byName)).toEqual(specified.sort(byName));
});

test("the routes are those of the proto file, and POST on :subscribe (spec 11.3.2)", () => {
  for (const method of protoMethods) {
    const rule = extension(method, "google.api.http") as HttpRule;
    const specified = routeOf(rule);
    expect(routeOf(rule.additional_bindings as HttpRule)).toEqual({
      verb: specified.verb,
      path: `/{tenant}${specified.path}`,
    });
    const extra = method.name === "SubscribeToTask" ? [{ verb: "POST", path: specified.path }] : [];
    const { routes } = operations[method.name as OperationName];
    expect([...routes].sort(byVerb)).toEqual([specified, ...extra].sort(byVerb));
  }
});

type HttpRule = Record<string, unknown>;

function routeOf(rule: HttpRule): HttpRoute {
  const verb = (["get", "post", "delete"] as const).find((candidate) => candidate in rule) ?? "get";
  const path = String(rule[verb]).replace(/\{(\w+)=\*\}/g, (_, name: string) => `{${camelCase(name)}}`);
  return { verb: verb.toUpperCase() as HttpRoute["verb"], path };
}

function facts({ number, type, list, map, required, optional, oneof, deprecated }: Field) {
  return {
    number,
    type,
    list: list ?? false,
    map: map ?? false,
    required: required ?? false,
    optional: optional ?? false,
    oneof,
    deprecated: deprecated ?? false,
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function byVerb(a: { verb: string }, b: { verb: string }): number {
  return a.verb < b.verb ? -1 : 1;
}
