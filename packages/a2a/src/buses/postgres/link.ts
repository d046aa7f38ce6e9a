/** A bus between open and close: what is told goes out in notifications, what comes in is sorted. */
import type { Log, News } from "../../ports/index.js";
import { Outbox } from "../outbox.js";
import { Connection, refused } from "./connection.js";
import { decode, encode } from "./payload.js";

export interface LinkOptions {
  readonly url: string;
  readonly channel: string;
  readonly timeoutMillis: number;
  /** The ids of the tasks that are followed, by their keys. */
  readonly followed: ReadonlyMap<string, string>;
  readonly heard: (news: readonly News[]) => void;
  readonly missed: () => void;
  readonly log: Log;
}

const notify = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";

/** Between notifications of a node under load, in milliseconds: each is a transaction for the database. */
const apartMillis = 2;
const closeMillis = 1000;

export class Link {
  readonly #options: LinkOptions;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  /** Whose news need not be heard. */
  readonly #self = crypto.randomUUID();
  #warned = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { url, channel, timeoutMillis, missed, log } = options;
    this.#outbox = new Outbox({
      send: (news) => this.#send(news),
      batch: 1000,
      room: 100_000,
      apartMillis,
      log,
    });
    this.#connection = new Connection({
      url,
      channel,
      timeoutMillis,
      log,
      notified: (payload) => this.#sort(payload),
      up: (again) => {
        this.#outbox.connected();
        if (again) missed();
      },
      down: () => this.#outbox.disconnected(),
    });
  }

  /** @throws Error when the first connection cannot be made */
  open(): Promise<void> {
    return this.#connection.open();
  }

  tell(news: readonly News[]): void {
    this.#outbox.add(news);
  }

  /** @throws Error when the database does not answer */
  async ping(): Promise<void> {
    await this.#connection.query("SELECT 1");
  }

  async close(): Promise<void> {
    await this.#outbox.close(closeMillis);
    await this.#connection.close();
  }

  async #send(news: readonly News[]): Promise<void> {
    const { channel, log } = this.#options;
    try {
      await this.#connection.query(notify, [channel, encode(this.#self, news)]);
    } catch (error) {
      if (!refused(error)) throw error;
      log.warn("PostgreSQL did not take news of tasks", { error, tasks: news.length });
    }
  }

  #sort(payload: string): void {
    if (payload.startsWith(this.#self)) return;
    const { channel, followed, heard, log } = this.#options;
    const told = decode(payload);
    if (told === undefined && !this.#warned) {
      this.#warned = true;
      log.warn("Something else is told where nodes tell each other news", { channel });
    }
    const news = told?.flatMap(([key, seq]) => {
      const taskId = followed.get(key);
      return taskId === undefined ? [] : [{ taskId, seq }];
    });
    if (news && news.length > 0) heard(news);
  }
}
