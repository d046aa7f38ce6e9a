/**
 * The few calls the store makes to SQLite, on whichever binding there is: `node:sqlite` (Node 22 and later,
 * Deno) or the optional peer `libsql` (Node 20). Both are synchronous and shaped alike.
 */
import { createRequire } from "node:module";

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

/** The primary result code of a binding's error, if it is SQLite's. */
export function codeOf(error: unknown): number | undefined {
  const { errcode, rawCode } = Object(error) as { errcode?: unknown; rawCode?: unknown };
  const code = errcode ?? rawCode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** @throws Error when neither binding is there. */
export function loadDriver(): Constructor {
  // Rather than import(), which takes half as long again to read libsql and would have to know its types.
  const require = createRequire(import.meta.url);
  try {
    return (require("node:sqlite") as { DatabaseSync: Constructor }).DatabaseSync;
  } catch {
    // An older Node: the peer it is.
  }
  try {
    return require("libsql") as Constructor;
  } catch (cause) {
    throw new Error("The SQLite store needs Node 22 or later, or the package libsql: npm install libsql", {
      cause,
    });
  }
}
