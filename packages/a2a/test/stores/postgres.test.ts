import { startPostgres } from "@parley/servers";
import { afterAll, beforeAll } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { storeContract } from "./contract.js";
import { outboxContract } from "./outbox-contract.js";
import { emptyStore, type Tables, tablesOf } from "./postgres-tables.js";

describeWith("postgres", "postgres", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let tables: Tables;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    tables = await tablesOf(server.url);
  });
  afterAll(async () => {
    await tables?.close();
    await server?.remove();
  });

  const create = () => emptyStore(() => ({ url: server.url, tables }));
  storeContract("postgres", create);
  outboxContract("postgres", create);
});
