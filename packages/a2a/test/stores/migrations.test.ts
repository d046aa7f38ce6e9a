/** Migrations that were published never change: stores out there have had them. A change of a store is a new one. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { migrations as inPostgres } from "../../src/stores/postgres/schema.js";
import { migrations as inSqlite } from "../../src/stores/sqlite/schema.js";

const hashOf = (sql: string) => createHash("sha256").update(sql).digest("hex").slice(0, 16);

/** Beginnings of SHA-256 sums. A new migration gets its own when it is published. */
const published = {
  SQLite: {
    migrations: inSqlite,
    hashes: [
      "d6026049727ada0a",
      "8d9ead8093e1de0d",
      "fc4718dc2dea627d",
      "ba4ecb6d5b3cdc53",
      "e4da706f961088ef",
      "9e05373dceb7c033",
      "d27f15c78fdd00f2",
    ],
  },
  PostgreSQL: {
    migrations: inPostgres,
    hashes: [
      "ad077db6d532e6a4",
      "f36838e699461ade",
      "ff66b10d89204e5a",
      "4364752df23c143a",
      "634df6d3c32fe858",
    ],
  },
};

describe.each(Object.entries(published))("%s", (_, { migrations, hashes }) => {
  it("has the migrations that were published, as they were", () => {
    expect(migrations.slice(0, hashes.length).map(hashOf)).toEqual(hashes);
  });
});
