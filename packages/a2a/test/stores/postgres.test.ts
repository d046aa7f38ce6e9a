import { startPostgres } from "@parley/servers";
import { afterAll, beforeAll } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { storeContract } from "./contract.js";
import { nodesContract } from "./nodes-contract.js";
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
  nodesContract("postgres", create, () => postgres(server.url));
});
