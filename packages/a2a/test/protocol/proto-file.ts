/** The proto files of spec/, parsed: as reflection objects, and as descriptors for @bufbuild/protobuf. */
import { readFileSync } from "node:fs";
import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";

export interface ProtoFile {
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly methods: readonly protobuf.Method[];
  /** The descriptor of a message, for `fromJson` and `toJson`. */
  descriptor(name: string): DescMessage;
}

export function protoFile(file: string, scope: string): ProtoFile {
  const source = readFileSync(new URL(`../../../../spec/${file}`, import.meta.url), "utf8");
  const namespace = protobuf.parse(source, { keepCase: true }).root.lookup(scope) as protobuf.Namespace;
  const messages = namespace.nestedArray.filter((item) => item instanceof protobuf.Type);
  const enums = namespace.nestedArray.filter((item) => item instanceof protobuf.Enum);
  const registry = registryOf(scope, messages, enums);
  return {
    messages,
    enums,
    methods: namespace.lookupService("A2AService").methodsArray,
    descriptor(name) {
      const found = registry.getMessage(`${scope}.${name}`);
      if (found === undefined) throw new TypeError(`no message ${name}`);
      return found;
    },
  };
}

/** The value of an option written in parentheses, for example `(google.api.http)`. */
export function extension(item: protobuf.ReflectionObject, name: string): unknown {
  const options: Record<string, unknown>[] = item.parsedOptions ?? [];
  return options.find((option) => `(${name})` in option)?.[`(${name})`];
}

export function isOptional(field: protobuf.Field): boolean {
  return field.options?.["proto3_optional"] === true;
}

/** The oneof a field was written in. */
export function groupOf(field: protobuf.Field): string | undefined {
  return isOptional(field) ? undefined : (field.partOf?.name ?? undefined);
}

/** The JSON name that is stated, or else that which a proto compiler derives. */
export function jsonName(field: protobuf.Field): string {
  const stated: string | undefined = field.options?.["json_name"];
  return stated ?? camelCase(field.name);
}

export function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const scalars = new Map([
  ["string", Type.STRING],
  ["bytes", Type.BYTES],
  ["bool", Type.BOOL],
  ["int32", Type.INT32],
]);

export const {
  messages: protoMessages,
  enums: protoEnums,
  methods: protoMethods,
  descriptor,
} = protoFile("a2a.proto", "lf.a2a.v1");

function registryOf(scope: string, messages: readonly protobuf.Type[], enums: readonly protobuf.Enum[]) {
  return createFileRegistry(
    create(FileDescriptorProtoSchema, {
      name: "a2a.proto",
      package: scope,
      syntax: "proto3",
      dependency: [file_google_protobuf_struct.proto.name, file_google_protobuf_timestamp.proto.name],
      messageType: messages.map((message) => messageDescriptor(scope, message)),
      enumType: enums.map(({ name, values }) => ({
        name,
        value: Object.entries(values).map(([value, number]) => ({ name: value, number })),
      })),
    }),
    (file) =>
      [file_google_protobuf_struct, file_google_protobuf_timestamp].find(({ proto }) => proto.name === file),
  );
}

function messageDescriptor(scope: string, message: protobuf.Type) {
  const { name, fieldsArray: fields, oneofsArray } = message;
  const groups = oneofsArray.filter(({ fieldsArray: [first] }) => first && !isOptional(first));
  const optionals = fields.filter(isOptional);
  const oneofs = [...groups.map((group) => group.name), ...optionals.map((field) => `_${field.name}`)];
  const maps = fields.filter((field) => field instanceof protobuf.MapField);
  return {
    name,
    field: fields.map((field) => {
      const group = isOptional(field) ? `_${field.name}` : groupOf(field);
      return create(FieldDescriptorProtoSchema, {
        ...(field instanceof protobuf.MapField
          ? { type: Type.MESSAGE, typeName: `.${scope}.${name}.${entryName(field)}` }
          : typeOf(scope, field)),
        name: field.name,
        jsonName: jsonName(field),
        number: field.id,
        label: field.repeated || field.map ? Label.REPEATED : Label.OPTIONAL,
        proto3Optional: isOptional(field),
        ...(group !== undefined && { oneofIndex: oneofs.indexOf(group) }),
      });
    }),
    oneofDecl: oneofs.map((oneof) => ({ name: oneof })),
    nestedType: maps.map((field) => ({
      name: entryName(field),
      options: { mapEntry: true },
      field: [
        { name: "key", number: 1, label: Label.OPTIONAL, type: Type.STRING },
        { name: "value", number: 2, label: Label.OPTIONAL, ...typeOf(scope, field) },
      ],
    })),
  };
}

function entryName(field: protobuf.Field): string {
  return `${protobuf.util.ucFirst(protobuf.util.camelCase(field.name))}Entry`;
}

function typeOf(
  scope: string,
  { type, parent }: protobuf.Field,
): Pick<FieldDescriptorProto, "type"> & { typeName?: string } {
  const scalar = scalars.get(type);
  if (scalar !== undefined) return { type: scalar };
  if (type.startsWith("google.")) return { type: Type.MESSAGE, typeName: `.${type}` };
  const isEnum = parent?.lookup(type) instanceof protobuf.Enum;
  return { type: isEnum ? Type.ENUM : Type.MESSAGE, typeName: `.${scope}.${type}` };
}
