/** A bus between open and close: a subject for each task. The client brings the connection back and subscribes again. */
import {
  connect,
  type Msg,
  type NatsConnection,
  type NodeConnectionOptions,
  type Subscription,
} from "@nats-io/transport-node";
import type { Log, News } from "../../ports/index.js";
import { Inbox } from "../inbox.js";
import { Outbox } from "../outbox.js";
import { taskKey } from "../task-key.js";

export interface LinkOptions {
  readonly address: NodeConnectionOptions;
  /** Of every subject. */
  readonly prefix: string;
  /** How long an answer may take before the connection is taken for dead. */
  readonly timeoutMillis: number;
  readonly heard: (news: readonly News[]) => void;
  readonly missed: () => void;
  readonly log: Log;
}

const closeMillis = 1000;

export class Link {
  readonly #options: LinkOptions;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #followed = new Map<string, Subscription>();
  #nats: NatsConnection | undefined;
  #isUp = false;
  #warned = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options.heard);
    this.#outbox = new Outbox({
      send: (news) => this.#send(news),
      batch: 1000,
      room: 100_000,
      apartMillis: 0,
      log: options.log,
    });
  }

  /** @throws Error when the first connection cannot be made */
  async open(): Promise<void> {
    const { address, timeoutMillis } = this.#options;
    try {
      this.#nats = await connect({
        name: "parley bus",
        timeout: timeoutMillis,
        pingInterval: timeoutMillis,
        maxPingOut: 1,
        reconnectTimeWait: 200,
        reconnectJitter: 200,
        ...address,
        noEcho: true,
        maxReconnectAttempts: -1,
        ignoreAuthErrorAbort: true,
      });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The bus cannot use NATS: ${why}`, { cause });
    }
    this.#isUp = true;
    void this.#watch(this.#nats);
    this.#outbox.connected();
  }

  tell(news: readonly News[]): void {
    this.#outbox.add(news);
  }

  follow(taskId: string): void {
    if (!this.#nats || this.#followed.has(taskId)) return;
    const callback = (error: Error | null, message: Msg) =>
      error ? this.#warn("NATS does not let the bus hear of tasks", { error }) : this.#hear(taskId, message);
    this.#followed.set(taskId, this.#nats.subscribe(this.#subject(taskId), { callback }));
  }

  unfollow(taskId: string): void {
    this.#followed.get(taskId)?.unsubscribe();
    this.#followed.delete(taskId);
  }

  /** @throws Error when the server does not answer */
  async ping(): Promise<void> {
    const nats = this.#connected();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("NATS does not answer")), this.#options.timeoutMillis);
    });
    try {
      await Promise.race([nats.flush(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#outbox.close(closeMillis);
    const nats = this.#nats;
    this.#nats = undefined;
    this.#isUp = false;
    this.#followed.clear();
    await nats?.close();
    this.#inbox.clear();
  }

  /** Resolves when the server has them. Rejects when the connection is lost before. */
  async #send(news: readonly News[]): Promise<void> {
    const nats = this.#connected();
    for (const { taskId, seq } of news) nats.publish(this.#subject(taskId), String(seq));
    await nats.flush();
  }

  #connected(): NatsConnection {
    // Without a connection the client would keep everything in memory.
    if (!this.#nats || !this.#isUp) throw new Error("NATS cannot be reached");
    return this.#nats;
  }

  #subject(taskId: string): string {
    return this.#options.prefix + taskKey(taskId);
  }

  #hear(taskId: string, message: Msg): void {
    const text = message.data.length <= 15 ? message.string() : "";
    if (/^[1-9]\d*$/.test(text)) this.#inbox.add(taskId, Number(text));
    else this.#warn("Something else is told where nodes tell each other news", { subject: message.subject });
  }

  #warn(message: string, fields: Record<string, unknown>): void {
    if (!this.#warned) this.#options.log.warn(message, fields);
    this.#warned = true;
  }

  async #watch(nats: NatsConnection): Promise<void> {
    const { log, missed } = this.#options;
    for await (const status of nats.status()) {
      if (status.type === "disconnect" && this.#isUp) {
        this.#isUp = false;
        this.#outbox.disconnected();
        log.warn("The bus lost its connection to NATS");
      } else if (status.type === "reconnect") {
        this.#isUp = true;
        this.#outbox.connected();
        missed();
        log.info("The bus has its connection to NATS again");
      } else if (status.type === "error") {
        this.#warn("NATS refuses something", { error: status.error });
      }
    }
    if (this.#nats === nats) {
      this.#nats = undefined;
      log.error("The bus lost its connection to NATS for good", { error: await nats.closed() });
    }
  }
}
