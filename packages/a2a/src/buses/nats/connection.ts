/** The connection of a bus to NATS: a subject for each task; the client brings it back and subscribes again. */
import { connect, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import type { Log, News } from "../../ports/index.js";
import { taskKey } from "../task-key.js";
import { addressOf, type FurtherOptions } from "./address.js";

export interface ConnectionOptions {
  readonly servers: string;
  readonly further: FurtherOptions | undefined;
  /** Of every subject. */
  readonly prefix: string;
  /** How long an answer may take before the connection is taken for dead. */
  readonly timeoutMillis: number;
  readonly log: Log;
  readonly heard: (taskId: string, seq: number) => void;
  /** The connection is there, again or for the first time. */
  readonly up: (again: boolean) => void;
  readonly down: () => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #address: ReturnType<typeof addressOf>;
  readonly #followed = new Map<string, Subscription>();
  #nats: NatsConnection | undefined;
  #isUp = false;
  #warned = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#address = addressOf(options.servers);
  }

  /** @throws Error when the first connection cannot be made */
  async open(): Promise<void> {
    const { timeoutMillis, further, up } = this.#options;
    try {
      this.#nats = await connect({
        name: "parley bus",
        timeout: timeoutMillis,
        pingInterval: timeoutMillis,
        maxPingOut: 1,
        reconnectTimeWait: 200,
        reconnectJitter: 200,
        ...this.#address,
        ...further,
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
    up(false);
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

  /** Resolves when the server has them. Rejects when the connection is lost before. */
  async publish(news: readonly News[]): Promise<void> {
    const nats = this.#there();
    for (const { taskId, seq } of news) nats.publish(this.#subject(taskId), String(seq));
    await nats.flush();
  }

  /** @throws Error when the server does not answer */
  async ping(): Promise<void> {
    const nats = this.#there();
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
    const nats = this.#nats;
    this.#nats = undefined;
    this.#isUp = false;
    this.#followed.clear();
    await nats?.close();
  }

  #there(): NatsConnection {
    // Without a connection the client would keep everything in memory.
    if (!this.#nats || !this.#isUp) throw new Error("NATS cannot be reached");
    return this.#nats;
  }

  #subject(taskId: string): string {
    return this.#options.prefix + taskKey(taskId);
  }

  #hear(taskId: string, message: Msg): void {
    const text = message.data.length <= 15 ? message.string() : "";
    if (/^[1-9]\d*$/.test(text)) this.#options.heard(taskId, Number(text));
    else this.#warn("Something else is told where nodes tell each other news", { subject: message.subject });
  }

  #warn(message: string, fields: Record<string, unknown>): void {
    if (!this.#warned) this.#options.log.warn(message, fields);
    this.#warned = true;
  }

  async #watch(nats: NatsConnection): Promise<void> {
    const { log, up, down } = this.#options;
    for await (const status of nats.status()) {
      if (status.type === "disconnect" && this.#isUp) {
        this.#isUp = false;
        down();
        log.warn("The bus lost its connection to NATS");
      } else if (status.type === "reconnect") {
        this.#isUp = true;
        up(true);
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
