/**
 * The bus over NATS, for high rates: each task has a subject, so a node hears only of tasks that it follows.
 * Applications hand `natsBus(url)` to a server; the engine calls it through the port. Needs the package
 * @nats-io/transport-node, and of the server nothing but core NATS.
 */
import type { Bus, Log, News } from "../../ports/index.js";
import { silent } from "../../ports/index.js";
import { Inbox } from "../inbox.js";
import { Outbox } from "../outbox.js";
import type { FurtherOptions } from "./address.js";
import { Connection } from "./connection.js";

export interface NatsBusOptions {
  /** Nodes hear each other when they name the same; `default` unless told. Letters, digits, `-` and `_`. */
  readonly namespace?: string;
  /** What else the client should know, such as `authenticator` or `tls`. */
  readonly connection?: FurtherOptions;
  /** How long the server may take to answer before the connection is taken for dead and made anew; 5 s unless told. */
  readonly timeoutMillis?: number;
  readonly log?: Log;
}

const closeMillis = 1000;

/**
 * @param url One or several of one cluster, separated by commas: `nats://user:password@host:4222`; `tls://` for TLS.
 * @throws TypeError when the URL or the namespace is none
 */
export function natsBus(url: string, options: NatsBusOptions = {}): Bus {
  const { namespace = "default", timeoutMillis = 5000, log = silent } = options;
  if (!/^[\w-]+$/.test(namespace)) throw new TypeError(`Not the name of a namespace: ${namespace}`);
  let missed: () => void = () => {};
  let inbox: Inbox | undefined;

  const connection = new Connection({
    servers: url,
    further: options.connection,
    prefix: `parley.${namespace}.task.`,
    timeoutMillis,
    log,
    heard: (taskId, seq) => inbox?.add(taskId, seq),
    up(again) {
      outbox.connected();
      if (again) missed();
    },
    down: () => outbox.disconnected(),
  });
  const outbox = new Outbox({
    send: (news) => connection.publish(news),
    batch: 1000,
    room: 100_000,
    apartMillis: 0,
    log,
  });

  return {
    open(heard: (news: readonly News[]) => void, onMissed = () => {}) {
      inbox = new Inbox(heard);
      missed = onMissed;
      return connection.open();
    },
    tell: (news) => outbox.add(news),
    follow: (taskId) => connection.follow(taskId),
    unfollow: (taskId) => connection.unfollow(taskId),
    ping: () => connection.ping(),
    async close() {
      await outbox.close(closeMillis);
      await connection.close();
      inbox?.clear();
    },
  };
}
