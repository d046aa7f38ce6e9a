/** The schema's version: what it is, and how it comes to the newest. */
import type { SchemaStatus, TaskCounts } from "../schema-status.js";
import { stateNames } from "../text.js";
import { connect, describe, type Opened, type Settings } from "./driver.js";
import { ended } from "./ended.js";
import { functions } from "./functions.js";
import { interjectAt } from "./interject-at.js";
import { retrying } from "./retrying.js";
import { sends, sendsByTask } from "./sends.js";
import { tables } from "./tables.js";

/** One more is added when tables or functions change; those that were published never change. */
export const migrations: readonly string[] = [tables + functions, sends, ended, interjectAt, sendsByTask];

/** @throws Error with a message for the operator. */
export function status(settings: Settings): Promise<SchemaStatus> {
  return connected(settings, async (opened) => {
    const newest = migrations.length;
    const version = await versionOf(opened, settings);
    return { version, newest, ...(version === newest && { tasks: await countsOf(opened) }) };
  });
}

async function countsOf({ client }: Opened): Promise<TaskCounts> {
  const { rows } = await client.query<{ state: number; n: number }>(
    "SELECT state, sum(n)::bigint AS n FROM owner_tasks GROUP BY state HAVING sum(n) > 0 ORDER BY state",
  );
  return Object.fromEntries(rows.map(({ state, n }) => [stateNames[state], n]));
}

/**
 * Brings the schema to the newest version, all or nothing; it is created when it is not there. Nodes that start
 * together take turns.
 * @returns the version that it had.
 * @throws Error with a message for the operator, also when the schema is newer than this Parley.
 */
export function migrate(settings: Settings): Promise<number> {
  return connected(settings, async (opened) => {
    // Most of the time there is nothing to do, and then nobody has to wait.
    if ((await versionOf(opened, settings)) === migrations.length) return migrations.length;
    const { client } = opened;
    // Before the transaction, which sees what others have done by the time it begins. Ends with the connection.
    await client.query("SELECT pg_advisory_lock(hashtext('parley'), hashtext($1))", [settings.schema]);
    await client.query("BEGIN");
    const version = await versionOf(opened, settings);
    if (version === 0) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(settings.schema)}`);
      await client.query(
        "CREATE TABLE migrations (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
      );
    }
    for (const [i, sql] of migrations.slice(version).entries()) {
      await client.query(sql);
      await client.query("INSERT INTO migrations (version) VALUES ($1)", [version + i + 1]);
    }
    await client.query("COMMIT");
    return version;
  });
}

/** @throws Error with a message for the operator: the schema is not this Parley's. */
export async function check(settings: Settings): Promise<void> {
  const { version, newest } = await status(settings);
  if (version < newest) {
    throw new Error(
      `${nameOf(settings)} is at schema ${version}, and this Parley needs ${newest}: run parley store migrate`,
    );
  }
}

async function versionOf({ client }: Opened, settings: Settings): Promise<number> {
  const found = await client.query<{ encoding: string; there: boolean }>(
    `SELECT current_setting('server_encoding') AS encoding,
      to_regclass(format('%I.migrations', $1::text)) IS NOT NULL AS there`,
    [settings.schema],
  );
  const { encoding, there } = found.rows[0] ?? {};
  if (encoding !== "UTF8")
    throw new Error(`${describe(settings.url)} is encoded in ${encoding}, and not in UTF8`);
  if (!there) return 0;
  const { rows } = await client.query<{ version: number | null }>(
    "SELECT max(version) AS version FROM migrations",
  );
  const version = rows[0]?.version ?? 0;
  if (version > migrations.length) {
    throw new Error(
      `${nameOf(settings)} was written by a newer Parley (schema ${version}; this one knows ${migrations.length}): upgrade, or use another schema`,
    );
  }
  return version;
}

const nameOf = ({ schema, url }: Settings) => `The schema ${schema} of ${describe(url)}`;

/** A connection of its own, with no limit of time: a migration takes what it takes. */
function connected<T>(settings: Settings, work: (opened: Opened) => Promise<T>): Promise<T> {
  return retrying(settings, async () => {
    const opened = await connect({ ...settings, timeoutMillis: 0 });
    try {
      return await work(opened);
    } finally {
      await opened.client.end().catch(() => {});
      opened.destroy();
    }
  });
}
