/** What is there between `open()` and `close()`: the file, its statements and the one writer. */
import { Writer } from "./append.js";
import { type Database, preparing } from "./driver.js";
import { closeFile, type FileOptions, openFile } from "./file.js";
import { prepare, type Statements } from "./statements.js";

interface Opened {
  readonly db: Database;
  readonly sql: Statements;
  readonly writer: Writer;
}

export class Connection {
  readonly #path: string;
  readonly #options: FileOptions;
  #opened: Opened | undefined;

  constructor(path: string, options: FileOptions) {
    this.#path = path;
    this.#options = options;
  }

  get #there(): Opened {
    if (this.#opened === undefined) throw new Error(`The store ${this.#path} is not open`);
    return this.#opened;
  }

  get sql(): Statements {
    return this.#there.sql;
  }

  get writer(): Writer {
    return this.#there.writer;
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    const db = await openFile(this.#path, this.#options);
    const sql = prepare(preparing(db));
    this.#opened = { db, sql, writer: new Writer(sql) };
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened) closeFile(opened.db, this.#path);
  }
}
