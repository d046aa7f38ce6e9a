import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errors, grpcCodes } from "@parley/a2a/protocol";
import { expect, it } from "vitest";

const path = fileURLToPath(new URL("../docs/errors.md", import.meta.url));

/** The table of docs/errors.md, as the code has it. `UPDATE_DOCS=1` writes it. */
function table(): string {
  const rows = Object.entries(errors).map(([reason, row]) => {
    const jsonrpcHttp = "jsonrpcHttp" in row && row.jsonrpcHttp !== undefined ? row.jsonrpcHttp : 200;
    return `| \`${reason}\` | ${row.name} | ${row.jsonrpc} | ${jsonrpcHttp} | ${row.http} | ${row.grpc} (${grpcCodes[row.grpc]}) | ${row.message} |`;
  });
  const head =
    "| reason | name | JSON-RPC code | JSON-RPC HTTP status | HTTP+JSON status | gRPC status | default message |";
  return [head, "| --- | --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
}

it("docs/errors.md says what the error table says", () => {
  const text = readFileSync(path, "utf8");
  const [before, , after] = text.split(/<!-- table (?:begin|end) -->/);
  const expected = `${before}<!-- table begin -->\n${table()}\n<!-- table end -->${after}`;
  if (process.env["UPDATE_DOCS"]) writeFileSync(path, expected);
  else expect(text).toBe(expected);
});
