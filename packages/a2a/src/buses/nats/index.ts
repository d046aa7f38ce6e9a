/**
 * The bus over NATS, for high rates: each task has a subject, so a node hears only of tasks that it follows.
 * Applications hand `natsBus(url)` to a server; the engine calls it through the port. Needs the package
 * @nats-io/transport-node, and of the server nothing but core NATS.
 */
import { type Bus, silent } from "../../ports/index.js";
import { addressOf, type FurtherOptions } from "./address.js";
import { Link } from "./link.js";

export interface NatsBusOptions {
  /** Nodes hear each other when they name the same; `default` unless told. Letters, digits, `-` and `_`. */
  readonly namespace?: string;
  /** What else the client should know, such as `authenticator` or `tls`. */
  readonly connection?: FurtherOptions;
  /** How long the server may take to answer before the connection is taken for dead and made anew; 5 s unless told. */
  readonly timeoutMillis?: number;
}

/**
 * @param url One or several of one cluster, separated by commas: `nats://user:password@host:4222`; `tls://` for TLS.
 * @throws TypeError when the URL or the namespace is none
 */
export function natsBus(url: string, options: NatsBusOptions = {}): Bus {
  const { namespace = "default", connection, timeoutMillis = 5000 } = options;
  if (!/^[\w-]+$/.test(namespace)) throw new TypeError(`Not the name of a namespace: ${namespace}`);
  const address = { ...addressOf(url), ...connection };
  const prefix = `parley.${namespace}.task.`;
  let link: Link | undefined;
  return {
    async open(heard, missed = () => {}, log = silent) {
      const opening = new Link({ address, prefix, timeoutMillis, heard, missed, log });
      await opening.open();
      link = opening;
    },
    tell: (news) => link?.tell(news),
    follow: (taskId) => link?.follow(taskId),
    unfollow: (taskId) => link?.unfollow(taskId),
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
