import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src/", import.meta.url));

test("checks run where code may not be made from strings", () => {
  const folder = mkdtempSync(join(tmpdir(), "a2a-no-eval-"));
  try {
    transpile(folder);
    const script = `
      import { tryCheck } from ${JSON.stringify(pathToFileURL(join(folder, "codec/index.js")).href)};
      let forbidden = false;
      try { new Function("return 1")() } catch { forbidden = true }
      const message = { messageId: "m", role: 1, parts: [{ text: "hi" }] };
      console.log(forbidden, tryCheck("Message", message).ok, tryCheck("Message", {}).ok);`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script];
    expect(execFileSync(process.execPath, flags, { encoding: "utf8" }).trim()).toBe("true true false");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The two rooms as plain JavaScript, so that a bare Node can run them. */
function transpile(folder: string): void {
  for (const room of ["protocol", "codec"])
    cpSync(join(source, room), join(folder, room), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(folder, file), "utf8"), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), outputText);
  }
}
