/**
 * Connections, and calls on them that are made again when a connection drops. A lane is one connection at a time;
 * what it writes carries the lane's name and the call's number, so that a call whose answer got lost
 * is answered again and not done again (see `first_time` in functions.ts).
 */
import { randomUUID } from "node:crypto";
import { connect, endsConnection, type Opened, type Settings } from "./driver.js";
import { retrying } from "./retrying.js";

/** A named statement, parsed and planned once per connection, with the shape of its rows. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never set: the type of its rows. */
  readonly row?: Row;
}

export const statement = <Row>(name: string, text: string): Statement<Row> => ({ name, text });

type Values = readonly unknown[];

/** Resolves with the promise, or after so long. It does not keep the process alive. */
async function within(millis: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, millis).unref();
  });
  await Promise.race([promise.catch(() => {}), late]);
  clearTimeout(timer);
}

class Lane {
  readonly #settings: Settings;
  readonly #writer = randomUUID();
  #call = 0;
  #opened: Opened | undefined;
  #closed = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @throws Error with the last failure, once `retryMillis` are over or when trying again is of no use. */
  query<Row>(sql: Statement<Row>, values: Values, retryMillis?: number): Promise<Row[]> {
    const { url, retryMillis: usually } = this.#settings;
    return retrying(
      { url, retryMillis: retryMillis ?? usually },
      () => this.#attempt(sql, values),
      (error) => {
        if (endsConnection(error)) this.#drop();
        return !this.#closed;
      },
    );
  }

  /** A function that takes this writer and the number of the call before anything else. */
  once<Row>(sql: Statement<Row>, values: Values, retryMillis?: number): Promise<Row[]> {
    return this.query(sql, [this.#writer, ++this.#call, ...values], retryMillis);
  }

  async #attempt<Row>({ name, text }: Statement<Row>, values: Values): Promise<Row[]> {
    if (this.#opened?.lost) this.#drop();
    this.#opened ??= await connect(this.#settings);
    if (this.#closed) {
      this.#drop();
      throw new Error("The store was closed");
    }
    const { rows } = await this.#opened.client.query<Row & object>({
      name,
      text,
      values: values as unknown[],
    });
    return rows;
  }

  #drop(): void {
    this.#opened?.destroy();
    this.#opened = undefined;
  }

  async end(graceMillis: number): Promise<void> {
    this.#closed = true;
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    if (!opened.lost) await within(graceMillis, opened.client.end());
    opened.destroy();
  }
}

/** A few lanes that calls take turns on, first come, first served. */
export class Lanes {
  readonly #all: Lane[];
  readonly #free: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  #idle: (() => void) | undefined;

  constructor(settings: Settings, size: number) {
    this.#all = Array.from({ length: size }, () => new Lane(settings));
    this.#free = [...this.#all];
  }

  query<Row>(sql: Statement<Row>, values: Values, retryMillis?: number): Promise<Row[]> {
    return this.#run((lane) => lane.query(sql, values, retryMillis));
  }

  once<Row>(sql: Statement<Row>, values: Values, retryMillis?: number): Promise<Row[]> {
    return this.#run((lane) => lane.once(sql, values, retryMillis));
  }

  async #run<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(lane);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#free.push(lane);
      if (this.#free.length === this.#all.length) this.#idle?.();
    }
  }

  /** Waits for what is under way, at most so long. */
  async close(millis: number): Promise<void> {
    if (this.#free.length < this.#all.length) {
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      await within(millis, idle);
    }
    await Promise.all(this.#all.map((lane) => lane.end(Math.min(millis, 1000))));
  }
}
