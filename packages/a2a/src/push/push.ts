import type {
  DeadLetter,
  Delivery,
  DeliveryQuery,
  Entry,
  Log,
  PushConfig,
  Store,
  StoredPushConfig,
} from "../ports/index.js";
import {
  A2AError,
  isTerminal,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type TaskPushNotificationConfig,
} from "../protocol/index.js";
import { publicJwks } from "../webhooks/jwks.js";
import { type Ed25519Jwk, type Jwks, privateKey } from "../webhooks/signature.js";
import type { WordingOf } from "./channel.js";
import { checkConfig, redacted, withoutSecrets } from "./config.js";
import { Ledger } from "./ledger.js";
import { page } from "./pages.js";
import type { Post } from "./post.js";
import { defaultSchedule } from "./schedule.js";
import { Sender } from "./sender.js";
import { Slots } from "./slots.js";
import { Vault } from "./vault.js";

/** How webhooks are sent. */
export interface WebhookOptions {
  /**
   * Before the second attempt at an event, the third, and so on, in milliseconds, each a fifth more or less;
   * after the last one the event is a dead letter. Ten attempts in two days unless told.
   */
  readonly schedule?: readonly number[] | undefined;
  /** For one attempt, in milliseconds; 15 s unless told (spec 4.3.3 recommends 10 to 30 s). */
  readonly timeoutMs?: number | undefined;
  /** Requests at a time in all, 128 unless told, and to one host, 8 unless told. */
  readonly concurrency?: { readonly total?: number; readonly perHost?: number } | undefined;
  /**
   * Private keys for Ed25519 that sign every webhook, beside the configuration's own token. Their public halves
   * are published at `/.well-known/jwks.json`. To replace a key, list both for a while.
   */
  readonly signingKeys?: readonly Ed25519Jwk[] | undefined;
  /** Encrypts the secrets of configurations in the store: 32 bytes in base64. The first key encrypts, all of them decrypt. Nothing is encrypted without any. */
  readonly encryptionKeys?: readonly string[] | undefined;
}

export interface PushOptions extends WebhookOptions {
  readonly store: Pick<Store, "pushConfigs" | "outbox" | "journal" | "nodes">;
  readonly post: Post;
  readonly log: Log;
  /** This process among those that use the store; a random name unless told. */
  readonly node?: string | undefined;
  /** Writes notifications for clients of other versions. */
  readonly wordingOf?: WordingOf | undefined;
  /** Configurations a task may have; 10 unless told. */
  readonly maxPerTask?: number | undefined;
}

/** How late progress is stored: after a crash, what was delivered since is delivered again. */
const saveMillis = 20;

const nothing = (): void => {};

let senders = 0;

/** Where one process alone uses the store, a number will do: what random names need is a noticeable part of a start. */
const nameIn = ({ nodes }: PushOptions["store"]): string =>
  nodes ? crypto.randomUUID() : `sender ${++senders}`;

/** The push notification configurations of all tasks, and the delivery of events to them. */
export class Push {
  /** The public halves of the keys that sign; undefined without any. */
  readonly jwks: Jwks | undefined;
  readonly #options: PushOptions;
  readonly #vault: Vault;
  readonly #ledger: Ledger;
  readonly #sender: Sender;
  /** Tasks that may have a configuration and whose events are still to come, with the number of configurations if it is known. */
  readonly #tasks = new Map<string, number | undefined>();
  /** The last creation under way, per task. */
  readonly #creating = new Map<string, Promise<void>>();
  #closed = false;

  /** @throws TypeError when a key is none */
  constructor(options: PushOptions) {
    const { store, post, log, concurrency, signingKeys = [], timeoutMs = 15_000 } = options;
    const { node = nameIn(store), schedule = defaultSchedule } = options;
    const { outbox, journal } = store;
    // Long enough for a turn at a host, an attempt and a saving.
    const leaseMillis = 2 * timeoutMs + 15_000;
    this.#options = options;
    this.#vault = new Vault(options.encryptionKeys ?? []);
    this.#ledger = new Ledger({ outbox, log, node, leaseMillis, saveMillis });
    this.jwks = signingKeys.length > 0 ? publicJwks(signingKeys) : undefined;
    const delivery = {
      post,
      log,
      journal,
      ledger: this.#ledger,
      vault: this.#vault,
      wordingOf: options.wordingOf ?? (() => undefined),
      schedule,
      timeoutMs,
      keys: signingKeys.map(privateKey),
      slots: new Slots(concurrency?.total ?? 128, concurrency?.perHost ?? 8),
      patienceMillis: 0,
    };
    this.#sender = new Sender(
      { outbox, log, node, leaseMillis, shared: store.nodes !== undefined },
      delivery,
    );
  }

  /** Learns which tasks have configurations, and goes on with what waits. Called once, after the store is open. */
  async open(): Promise<void> {
    this.#closed = false;
    for (const taskId of await this.#options.store.pushConfigs.taskIds()) this.watch(taskId);
    this.#sender.open();
  }

  /** Another node may have made configurations for a task whose events come from here. */
  watch(taskId: string): void {
    this.#tasks.set(taskId, undefined);
  }

  /**
   * Creates a configuration, or replaces the one with its id (spec 3.1.7).
   * @param field Path of the configuration in the request, for violations: empty when it is the request.
   * @throws A2AError INVALID_PARAMS; RESOURCE_EXHAUSTED when the task has as many as it may
   */
  async create(config: PushConfig, taskId: string, field = ""): Promise<TaskPushNotificationConfig> {
    checkConfig(config, field && `${field}.`, this.#options.post);
    const stored: StoredPushConfig = { ...config, id: config.id || crypto.randomUUID(), taskId };
    // One after the other: of many at once, each would still find room.
    const before = this.#creating.get(taskId);
    const turn = before ? before.then(() => this.#keep(stored)) : this.#keep(stored);
    const settled = turn.then(nothing, nothing);
    this.#creating.set(taskId, settled);
    try {
      return await turn;
    } finally {
      if (this.#creating.get(taskId) === settled) this.#creating.delete(taskId);
    }
  }

  async #keep(config: StoredPushConfig): Promise<TaskPushNotificationConfig> {
    const { taskId, id } = config;
    const { store, maxPerTask = 10 } = this.#options;
    const present = await store.pushConfigs.list(taskId);
    const replaced = present.some((each) => each.id === id);
    if (present.length >= maxPerTask && !replaced) {
      throw new A2AError(
        "RESOURCE_EXHAUSTED",
        `A task has at most ${maxPerTask} push notification configurations`,
      );
    }
    const sealed = await this.#vault.seal(config);
    if (replaced) await this.#settle(taskId, id);
    await store.pushConfigs.put(sealed);
    this.#tasks.set(taskId, present.length + (replaced ? 0 : 1));
    this.#sender.want(taskId);
    return redacted(config);
  }

  /** Nothing of what is being sent to a configuration is saved any more after this. */
  async #settle(taskId: string, id: string): Promise<void> {
    this.#sender.drop(taskId, id);
    await this.#ledger.flush();
  }

  /** @throws A2AError TASK_NOT_FOUND (spec 3.1.8) */
  async get(taskId: string, id: string): Promise<TaskPushNotificationConfig> {
    const config = await this.#options.store.pushConfigs.get(taskId, id);
    if (!config) throw new A2AError("TASK_NOT_FOUND", "The task has no such push notification configuration");
    return this.#shown(config);
  }

  /** By id (spec 3.1.9). @throws A2AError INVALID_PARAMS for a bad page size or token */
  async list(
    taskId: string,
    request: Pick<ListTaskPushNotificationConfigsRequest, "pageSize" | "pageToken"> = {},
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    const { configs, nextPageToken } = page(await this.#options.store.pushConfigs.list(taskId), request);
    return { configs: await Promise.all(configs.map((config) => this.#shown(config))), nextPageToken };
  }

  /** As clients get it. Of one that cannot be decrypted, what is known. */
  async #shown(config: StoredPushConfig): Promise<TaskPushNotificationConfig> {
    return redacted(await this.#vault.open(config).catch(() => config));
  }

  /** Sends nothing more to it. Deleting what is not there succeeds (spec 3.1.10). */
  async delete(taskId: string, id: string): Promise<void> {
    await this.#options.store.pushConfigs.delete(taskId, id);
    this.#sender.drop(taskId, id);
    if (this.#tasks.has(taskId)) this.watch(taskId);
  }

  /** Sends entries of a task, which are durable, to its configurations. Returns at once and never throws. */
  publish(taskId: string, entries: readonly Entry[]): void {
    if (!this.#tasks.has(taskId) || this.#closed) return;
    this.#sender.publish(taskId, entries, this.#tasks.get(taskId));
    const state = entries.at(-1)?.state;
    if (state !== undefined && isTerminal(state)) this.#tasks.delete(taskId);
  }

  /** How deliveries stand, without secrets. In order of task and configuration. */
  async deliveries(query: DeliveryQuery): Promise<readonly Delivery[]> {
    const deliveries = await this.#options.store.outbox.deliveries(query);
    return deliveries.map((each) => ({ ...each, config: withoutSecrets(each.config) }));
  }

  /** What was given up of a configuration, after `after`. */
  async deadLetters(taskId: string, id: string, limit: number, after = 0): Promise<readonly DeadLetter[]> {
    return this.#options.store.outbox.deadLetters(taskId, id, limit, after);
  }

  /** Sends dead letters once more, all of a configuration's or those named. Returns how many. A disabled one is active again. */
  async replay(taskId: string, id: string, seqs?: readonly number[]): Promise<number> {
    await this.#settle(taskId, id);
    const letters = await this.#options.store.outbox.replay(taskId, id, seqs);
    this.#sender.want(taskId);
    return letters;
  }

  /** Waits for what can be sent, at most `deadlineMs`; then nothing more is sent. A durable store has the rest. */
  async close(deadlineMs = 5000): Promise<void> {
    this.#closed = true;
    const unsent = await this.#sender.close(deadlineMs);
    if (unsent > 0)
      this.#options.log.warn("Push notifications were not sent before the end", { configurations: unsent });
  }
}
