/** What is there between `open()` and `close()`: connections for each kind of call, so that none waits for another kind. */
import { describe, loadDriver, type Settings } from "./driver.js";
import { Lanes, statement } from "./lanes.js";
import { Owners } from "./owners.js";
import { check, migrate } from "./schema.js";

export interface PostgresOptions {
  /** Where the tables are; `parley` unless told. It is created when it is not there. */
  readonly schema?: string;
  /** Whether `open()` brings the schema to this Parley's version; true unless told. */
  readonly migrate?: boolean;
  /** Connections for reading and for everything that is rare, 8 unless told. There are up to three more. */
  readonly connections?: number;
  /** How long one attempt may take, connecting or at a statement; 5 s unless told. */
  readonly timeoutMillis?: number;
  /** How long a call is made again while the database cannot be reached; 10 s unless told. */
  readonly retryMillis?: number;
  /** How long `close()` waits for calls that are under way; 5 s unless told. */
  readonly closeMillis?: number;
}

export async function settingsOf(url: string, options: PostgresOptions): Promise<Settings> {
  const { schema = "parley", timeoutMillis = 5000, retryMillis = 10_000 } = options;
  return { pg: await loadDriver(), url, schema, timeoutMillis, retryMillis };
}

interface AllLanes {
  readonly appends: Lanes;
  /** Heartbeats and what goes with them. */
  readonly nodes: Lanes;
  readonly pings: Lanes;
  readonly others: Lanes;
}

interface Opened {
  readonly lanes: AllLanes;
  readonly owners: Owners;
}

/** Writers that are that old make no call again. */
const sweepWriters = statement("sweep-writers", "DELETE FROM writers WHERE at < now() - interval '1 day'");

export class Connection {
  readonly #url: string;
  readonly #options: PostgresOptions;
  #opened: Opened | undefined;

  constructor(url: string, options: PostgresOptions) {
    this.#url = url;
    this.#options = options;
  }

  get #there(): Opened {
    if (this.#opened === undefined) throw new Error(`The store ${describe(this.#url)} is not open`);
    return this.#opened;
  }

  get lanes(): AllLanes {
    return this.#there.lanes;
  }

  get owners(): Owners {
    return this.#there.owners;
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    const settings = await settingsOf(this.#url, this.#options);
    if (this.#options.migrate === false) await check(settings);
    else await migrate(settings);
    const lanes = (size: number) => new Lanes(settings, size);
    const others = lanes(this.#options.connections ?? 8);
    await others.query(sweepWriters, []);
    this.#opened = {
      lanes: { appends: lanes(1), nodes: lanes(1), pings: lanes(1), others },
      owners: new Owners(others),
    };
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    const { closeMillis = 5000 } = this.#options;
    if (opened)
      await Promise.all(Object.values(opened.lanes).map((lanes: Lanes) => lanes.close(closeMillis)));
  }
}
