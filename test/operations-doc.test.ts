/** docs/operations.md lists every setting: flags from the command's table, options from where they are declared. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";
import { commands } from "../packages/cli/src/commands/index.js";
import { envName, optionRow } from "../packages/cli/src/config/index.js";

const path = fileURLToPath(new URL("../docs/operations.md", import.meta.url));
const sdk = new URL("../packages/a2a/src/", import.meta.url);

/** Where options are declared: file, interface, what they are called by, and which of them if not all. */
const declared: readonly (readonly [
  file: string,
  name: string,
  prefix: string,
  members?: readonly string[],
])[] = [
  ["server.ts", "ServerOptions", ""],
  ["bindings/handler.ts", "HttpHandlerOptions", "", ["basePath", "cors"]],
  ["card/well-known.ts", "CardOptions", "", ["maxAge"]],
  ["engine/admission.ts", "AdmissionLimits", "limits."],
  ["server.ts", "Limits", "limits."],
  ["engine/sweep.ts", "RetentionPolicy", "retention."],
  ["engine/sweep.ts", "RetentionSettings", "retention."],
  ["engine/options.ts", "ClusterSettings", "cluster.", ["leaseMillis", "checkMillis"]],
  ["push/push.ts", "WebhookOptions", "webhooks."],
  ["hosts/node/listen.ts", "ListenOptions", "serve: "],
  ["hosts/node/serve.ts", "ServeOptions", "serve: ", ["outgoing"]],
  ["hosts/grpc-options.ts", "GrpcPortOptions", "serve: grpc."],
  ["hosts/grpc-options.ts", "GrpcBesideOptions", "serve: grpc."],
  ["stores/sqlite/file.ts", "FileOptions", "sqlite(path): "],
  ["stores/postgres/connection.ts", "PostgresOptions", "postgres(url): "],
  ["outgoing/guard.ts", "GuardOptions", "createOutgoing: "],
  ["outgoing/outgoing.ts", "OutgoingOptions", "createOutgoing: "],
];

/** Options that only hold others, which are listed. */
const groups = ["limits", "retention", "cluster", "webhooks", "grpc"];

const cell = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").trim();

const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), row(...head.map(() => "---")), ...rows].join("\n");
}

function flags(): string {
  const serve = commands.find(({ path: [first] }) => first === "serve");
  const rows = (serve?.options ?? []).map((name) => {
    const { kind, value, description, choices, default: standard, otherwise = "" } = optionRow(name);
    const flag = `\`--${name}${kind === "flag" || value === undefined ? "" : ` ${value}`}\``;
    const environment = envName(name);
    const what = choices ? `${description}: ${choices.join(", ")}` : description;
    return row(flag, environment ? `\`${environment}\`` : "", standard ?? otherwise, what);
  });
  return table(["flag", "environment", "default", "what it does"], rows);
}

/** Each option with what its comment says. */
function membersOf(file: string, name: string): Map<string, string> {
  const text = readFileSync(new URL(file, sdk), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = source.statements.find(
    (each): each is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(each) && each.name.text === name,
  );
  if (found === undefined) throw new Error(`${file} declares no ${name}`);
  const members = new Map<string, string>();
  for (const member of found.members) {
    const [comment] = ts.getJSDocCommentsAndTags(member);
    const said = ts.getTextOfJSDocComment(comment?.comment) ?? "";
    const called = member.name?.getText(source) ?? "";
    if (!groups.includes(called)) members.set(called, said);
  }
  return members;
}

function options(): string {
  const rows = declared.flatMap(([file, name, prefix, wanted]) => {
    const members = membersOf(file, name);
    return (wanted ?? [...members.keys()]).map((member) =>
      row(`\`${prefix}${member}\``, members.get(member) ?? ""),
    );
  });
  return table(["option", "what it is, with unit and default"], rows);
}

it("every option says what it is", () => {
  for (const [file, name, , wanted] of declared) {
    const members = membersOf(file, name);
    for (const member of wanted ?? members.keys())
      expect([name, member, members.get(member)]).not.toContain("");
  }
});

it.each([
  ["flags", flags],
  ["options", options],
])("docs/operations.md has the %s as they are", (name, made) => {
  const text = readFileSync(path, "utf8");
  const [before, , after] = text.split(new RegExp(`<!-- ${name} (?:begin|end) -->`));
  const expected = `${before}<!-- ${name} begin -->\n${made()}\n<!-- ${name} end -->${after}`;
  if (process.env["UPDATE_DOCS"]) writeFileSync(path, expected);
  else expect(text).toBe(expected);
});
