/**
 * The few calls the store makes to SQLite, on whichever driver there is: `node:sqlite` (Node 22 and later, Deno)
 * or its copy for older Nodes, the optional peer `@photostructure/sqlite`.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";

export type Value = string | number | null;

export interface Statement<Row> {
  run(...values: Value[]): { readonly changes: number | bigint };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

export interface Database {
  exec(sql: string): void;
  prepare<Row>(sql: string): Statement<Row>;
  close(): void;
}

/** A statement that is prepared when it is first used: a start needs few of them. */
class Prepared<Row> implements Statement<Row> {
  readonly #db: Database;
  readonly #sql: string;
  #statement: Statement<Row> | undefined;

  constructor(db: Database, sql: string) {
    this.#db = db;
    this.#sql = sql;
  }

  get #made(): Statement<Row> {
    this.#statement ??= this.#db.prepare<Row>(this.#sql);
    return this.#statement;
  }

  run(...values: Value[]) {
    return this.#made.run(...values);
  }

  get(...values: Value[]) {
    return this.#made.get(...values);
  }

  all(...values: Value[]) {
    return this.#made.all(...values);
  }
}

/** What prepares statements when they are needed. */
export type Preparing = Pick<Database, "prepare">;

export const preparing = (db: Database): Preparing => ({ prepare: (sql) => new Prepared(db, sql) });

type Constructor = new (path: string) => Database;

/** SQLite's own result codes that an operator can do something about. */
export const codes = { busy: 5, notADatabase: 26 } as const;

/** The primary result code of a driver's error, if it is SQLite's. */
export function codeOf(error: unknown): number | undefined {
  const { errcode } = Object(error) as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

interface Driver {
  readonly DatabaseSync: Constructor;
}

// Rather than import(), which takes longer and would have to know the peer's types.
const here = createRequire(import.meta.url);

/** @throws Error when there is neither. */
export function loadDriver(): Constructor {
  return isBuiltin("node:sqlite") ? (here("node:sqlite") as Driver).DatabaseSync : loadPeer(here);
}

const peer = "@photostructure/sqlite";

/**
 * @param require Of the place to look from.
 * @throws Error when the peer is not there, or has no binary for this system.
 */
export function loadPeer(require: NodeJS.Require): Constructor {
  try {
    return prebuilt(require) ?? (require(peer) as Driver).DatabaseSync;
  } catch (cause) {
    throw new Error(`The SQLite store needs Node 22 or later, or a package: npm install ${peer}@1`, {
      cause,
    });
  }
}

/**
 * The peer's binary itself, as its own way to it takes longer than opening the store
 * (docs/decisions/0013-sqlite-driver.md). Undefined when none of those that come with the package loads.
 */
function prebuilt(require: NodeJS.Require): Constructor | undefined {
  const home = dirname(require.resolve(`${peer}/package.json`));
  const folder = join(home, "prebuilds", `${process.platform}-${process.arch}`);
  // One for each C library there is; the other one does not load.
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    try {
      return (require(join(folder, file)) as Driver).DatabaseSync;
    } catch {
      // The next one.
    }
  }
  return undefined;
}
