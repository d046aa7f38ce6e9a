/**
 * The bus over PostgreSQL's LISTEN and NOTIFY, for nodes whose store is PostgreSQL anyway: no further server.
 * Applications hand `postgresBus(url)` to a server; the engine calls it through the port. Every node hears of every
 * task and drops what it does not follow. Each node has one connection of its own for it, which must reach the
 * database itself: a pooler that gives out connections per transaction does not pass notifications on.
 */
import type { Bus, Log, News } from "../../ports/index.js";
import { silent } from "../../ports/index.js";
import { Outbox } from "../outbox.js";
import { taskKey } from "../task-key.js";
import { Connection, refused } from "./connection.js";
import { decode, encode } from "./payload.js";

export interface PostgresBusOptions {
  /** Nodes hear each other when they name the same; that of the store, `parley` unless told. */
  readonly schema?: string;
  /** How long the database may take to answer before the connection is taken for dead and made anew; 5 s unless told. */
  readonly timeoutMillis?: number;
  readonly log?: Log;
}

/** Between notifications of a node under load, in milliseconds: each is a transaction for the database. */
const apartMillis = 2;
const closeMillis = 1000;

/** @throws TypeError when the schema's name is too long */
export function postgresBus(url: string, options: PostgresBusOptions = {}): Bus {
  const { schema = "parley", timeoutMillis = 5000, log = silent } = options;
  const channel = `${schema}.news`;
  if (new TextEncoder().encode(channel).length > 63)
    throw new TypeError(`The schema ${schema} has too long a name`);
  const self = crypto.randomUUID();
  const followed = new Map<string, string>();
  let warned = false;
  let heard: (news: readonly News[]) => void = () => {};
  let missed: () => void = () => {};

  const outbox = new Outbox({ send, batch: 1000, room: 100_000, apartMillis, log });
  const connection = new Connection({
    url,
    channel,
    timeoutMillis,
    log,
    notified,
    up(again) {
      outbox.connected();
      if (again) missed();
    },
    down: () => outbox.disconnected(),
  });

  async function send(news: readonly News[]): Promise<void> {
    try {
      const payloads = encode(self, news);
      await connection.query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [
        channel,
        payloads,
      ]);
    } catch (error) {
      if (!refused(error)) throw error;
      log.warn("PostgreSQL did not take news of tasks", { error, tasks: news.length });
    }
  }

  function notified(payload: string): void {
    if (payload.startsWith(self)) return;
    const told = decode(payload);
    if (told === undefined) {
      if (!warned) log.warn("Something else is told where nodes tell each other news", { channel });
      warned = true;
      return;
    }
    const news = told.flatMap(([key, seq]) => {
      const taskId = followed.get(key);
      return taskId === undefined ? [] : [{ taskId, seq }];
    });
    if (news.length > 0) heard(news);
  }

  return {
    open(onHeard, onMissed = () => {}) {
      heard = onHeard;
      missed = onMissed;
      return connection.open();
    },
    tell: (news) => outbox.add(news),
    follow: (taskId) => void followed.set(taskKey(taskId), taskId),
    unfollow: (taskId) => void followed.delete(taskKey(taskId)),
    ping: () => connection.query("SELECT 1"),
    async close() {
      await outbox.close(closeMillis);
      await connection.close();
    },
  };
}
