/** The tests of a file by name, read from its source: running them is the runner's business. */
import { readFileSync } from "node:fs";
import ts from "typescript";

export interface NamedTest {
  /** `describe > it`; titles of `it.each` as they are written, what is computed in a title as `{its source}`. */
  readonly name: string;
  /** It does not run, or it is expected to fail. */
  readonly skipped: boolean;
}

const idle = new Set(["skip", "todo", "fails", "skipIf", "runIf"]);

export function namedTests(path: string): NamedTest[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: NamedTest[] = [];

  function visit(node: ts.Node, above: readonly string[], skippedAbove: boolean): void {
    const call = ts.isCallExpression(node) ? testCall(node) : undefined;
    if (call === undefined) return ts.forEachChild(node, (child) => visit(child, above, skippedAbove));
    const path = [...above, call.title];
    const skipped = skippedAbove || call.modifiers.some((modifier) => idle.has(modifier));
    if (call.kind !== "describe") found.push({ name: path.join(" > "), skipped });
    else for (const body of call.rest) ts.forEachChild(body, (child) => visit(child, path, skipped));
  }
  visit(source, [], false);
  return found;
}

/** `it("title", …)`, `describe.each(rows)("title", …)` and the like. */
function testCall(node: ts.CallExpression) {
  const [title, ...rest] = node.arguments;
  if (title === undefined || rest.length === 0) return undefined;
  const modifiers: string[] = [];
  let callee: ts.Expression = node.expression;
  for (;;) {
    if (ts.isPropertyAccessExpression(callee)) {
      modifiers.push(callee.name.text);
      callee = callee.expression;
    } else if (ts.isCallExpression(callee)) callee = callee.expression;
    else if (ts.isTaggedTemplateExpression(callee)) callee = callee.tag;
    else break;
  }
  if (!ts.isIdentifier(callee) || !["it", "test", "describe"].includes(callee.text)) return undefined;
  // `it.each(rows, …)` makes the function that is called with a title.
  if (modifiers[0] === "each" && ts.isPropertyAccessExpression(node.expression)) return undefined;
  return { kind: callee.text, title: titleOf(title), modifiers, rest };
}

function titleOf(title: ts.Expression): string {
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return `{${title.getText()}}`;
  return title.getText().slice(1, -1).replace(/\$\{/g, "{");
}
