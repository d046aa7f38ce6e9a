/**
 * The bus over PostgreSQL's LISTEN and NOTIFY, for nodes whose store is PostgreSQL anyway: no further server.
 * Applications hand `postgresBus(url)` to a server; the engine calls it through the port. Every node hears of every
 * task and drops what it does not follow. Each node has one connection of its own for it, which must reach the
 * database itself: a pooler that gives out connections per transaction does not pass notifications on.
 */
import type { Bus } from "../../ports/index.js";
import { silent } from "../../ports/index.js";
import { taskKey } from "../task-key.js";
import { Link } from "./link.js";

export interface PostgresBusOptions {
  /** Nodes hear each other when they name the same; that of the store, `parley` unless told. */
  readonly schema?: string;
  /** How long the database may take to answer before the connection is taken for dead and made anew; 5 s unless told. */
  readonly timeoutMillis?: number;
}

/** @throws TypeError when the schema's name is too long */
export function postgresBus(url: string, options: PostgresBusOptions = {}): Bus {
  const { schema = "parley" } = options;
  // Without any limit a dead connection would not be noticed.
  const timeoutMillis = options.timeoutMillis || 5000;
  const channel = `${schema}.news`;
  if (new TextEncoder().encode(channel).length > 63)
    throw new TypeError(`The schema ${schema} has too long a name`);
  const followed = new Map<string, string>();
  let link: Link | undefined;
  return {
    async open(heard, missed = () => {}, log = silent) {
      const opening = new Link({ url, channel, timeoutMillis, followed, heard, missed, log });
      await opening.open();
      link = opening;
    },
    tell: (news) => link?.tell(news),
    follow: (taskId) => void followed.set(taskKey(taskId), taskId),
    unfollow: (taskId) => void followed.delete(taskKey(taskId)),
    async ping() {
      if (link === undefined) throw new Error("The bus is not open");
      await link.ping();
    },
    async close() {
      const closing = link;
      link = undefined;
      await closing?.close();
    },
  };
}
