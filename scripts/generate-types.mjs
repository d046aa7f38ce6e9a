// Writes packages/a2a/src/protocol/types.gen.ts from the schema beside it.
// `--check` writes nothing and fails when the file is not what the schema says.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const protocol = fileURLToPath(new URL("../packages/a2a/src/protocol/", import.meta.url));
const target = join(protocol, "types.gen.ts");

const scalars = {
  string: "string",
  bool: "boolean",
  int32: "number",
  bytes: "Base64",
  timestamp: "Timestamp",
  struct: "Struct",
  value: "JsonValue",
};

const preamble = `// Made by scripts/generate-types.mjs from protocol/schema. Do not edit.

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | Struct;

/** A JSON object. */
export interface Struct {
  [key: string]: JsonValue;
}

/** Bytes as a base64 string (standard alphabet, padded). */
export type Base64 = string;

/** A moment in UTC as an ISO 8601 string, for example \`2023-10-27T10:00:00.000Z\`. */
export type Timestamp = string;
`;

const { messages, enums } = await loadSchema();
const text = render();

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("types.gen.ts is stale: run node scripts/generate-types.mjs");
  process.exit(1);
}

/** Plain Node cannot import TypeScript: the schema's files are transpiled into a folder that lives for a moment. */
async function loadSchema() {
  const folder = mkdtempSync(join(tmpdir(), "a2a-schema-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    for (const file of readdirSync(join(protocol, "schema"))) {
      const { outputText } = ts.transpileModule(readFileSync(join(protocol, "schema", file), "utf8"), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      });
      writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), outputText);
    }
    return await import(pathToFileURL(join(folder, "index.js")).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function render() {
  return [
    preamble,
    ...Object.entries(enums).map(([name, schema]) => renderEnum(name, schema)),
    ...Object.entries(messages).map(([name, schema]) => renderMessage(name, schema)),
    renderNames(),
  ].join("\n");
}

function renderEnum(name, { doc, values }) {
  const members = Object.entries(values)
    .filter(([, { number }]) => number !== 0)
    .map(([value, { doc }]) => `  /** ${doc} */\n  | "${value}"`);
  return `/** ${doc} */\nexport type ${name} =\n${members.join("\n")};\n`;
}

function renderMessage(name, { doc, fields }) {
  const entries = Object.entries(fields);
  const plain = entries.filter(([, field]) => field.oneof === undefined);
  const group = entries.filter(([, field]) => field.oneof !== undefined);
  const head = `/** ${doc} */\n`;
  if (group.length === 0) return `${head}export interface ${name} {\n${renderFields(plain)}}\n`;

  const alternatives = group.map(([chosen]) =>
    renderFields(
      group.map(([key, field]) => [
        key,
        key === chosen ? { ...field, required: true } : { ...field, never: true },
      ]),
    ),
  );
  if (plain.length === 0) {
    return `${head}export type ${name} =\n${alternatives.map((body) => `  | {\n${indent(body)}    }`).join("\n")};\n`;
  }
  const names = group.map(([chosen]) => capital(chosen) + name);
  return [
    `${head}export type ${name} = ${names.join(" | ")};\n`,
    `interface ${name}Fields {\n${renderFields(plain)}}\n`,
    ...alternatives.map(
      (body, i) =>
        `/** ${name} with \`${group[i][0]}\`. ${group[i][1].doc} */\nexport interface ${names[i]} extends ${name}Fields {\n${body}}\n`,
    ),
  ].join("\n");
}

function renderFields(entries) {
  return entries
    .map(([key, field]) => {
      if (field.never) return `  ${key}?: undefined;\n`;
      const doc = field.deprecated ? `@deprecated ${field.doc}` : field.doc;
      return `  /** ${doc} */\n  ${key}${field.required ? "" : "?"}: ${typeOf(field)};\n`;
    })
    .join("");
}

function typeOf(field) {
  const type = scalars[field.type] ?? field.type;
  if (field.list) return `${type}[]`;
  return field.map ? `{ [key: string]: ${type} }` : type;
}

function renderNames() {
  const rows = Object.keys(messages).map((name) => `  ${name}: ${name};\n`);
  return `/** Every message by its name in the schema. */\nexport interface Messages {\n${rows.join("")}}\n\n/** Name of a message in the schema. */\nexport type MessageName = keyof Messages;\n`;
}

function indent(body) {
  return body.replace(/^(?=.)/gm, "    ");
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
