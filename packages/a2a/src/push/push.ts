import type { Entry, Log, MaybePromise, PushConfig, PushConfigs, StoredPushConfig } from "../ports/index.js";
import {
  A2AError,
  isTerminal,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type TaskPushNotificationConfig,
} from "../protocol/index.js";
import { Channel, type Delivery, type OlderBody } from "./channel.js";
import { checkConfig, redacted } from "./config.js";
import { page } from "./pages.js";
import type { Post } from "./post.js";
import { Slots } from "./slots.js";

export interface PushOptions {
  readonly configs: PushConfigs;
  readonly post: Post;
  readonly log: Log;
  /** Writes notifications for clients of older versions. */
  readonly olderBody?: OlderBody | undefined;
  /** Configurations a task may have; 10 unless told. */
  readonly maxPerTask?: number | undefined;
  /** For one attempt, in milliseconds; 15 s unless told (spec 4.3.3 recommends 10 to 30 s). */
  readonly timeoutMs?: number | undefined;
  /** Attempts per event; 5 unless told. */
  readonly attempts?: number | undefined;
  /** Before the second attempt, doubled before each further one; 500 ms unless told. */
  readonly backoffMs?: number | undefined;
  /** Events that may wait per configuration; 1000 unless told. */
  readonly maxQueued?: number | undefined;
  /** Their size in characters; 8 Mi unless told. */
  readonly maxQueuedSize?: number | undefined;
  /** Requests at a time in all, 128 unless told, and to one host, 8 unless told. */
  readonly concurrency?: { readonly total?: number; readonly perHost?: number } | undefined;
}

type Channels = Map<string, Channel>;

const nothing = (): void => {};

/** The push notification configurations of all tasks, and the delivery of events to them. */
export class Push {
  readonly #configs: PushConfigs;
  readonly #maxPerTask: number;
  readonly #delivery: Delivery;
  /** Tasks that may have a configuration and whose events are still to come. */
  readonly #tasks = new Set<string>();
  /** Channels of tasks that have events to send, made from the stored configurations. */
  readonly #open = new Map<string, MaybePromise<Channels>>();
  /** The last creation under way, per task. */
  readonly #creating = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: PushOptions) {
    const { configs, post, log, concurrency } = options;
    this.#configs = configs;
    this.#maxPerTask = options.maxPerTask ?? 10;
    this.#delivery = {
      post,
      log,
      olderBody: options.olderBody,
      slots: new Slots(concurrency?.total ?? 128, concurrency?.perHost ?? 8),
      timeoutMs: options.timeoutMs ?? 15_000,
      attempts: options.attempts ?? 5,
      backoffMs: options.backoffMs ?? 500,
      maxQueued: options.maxQueued ?? 1000,
      maxQueuedSize: options.maxQueuedSize ?? 8 * 1024 * 1024,
    };
  }

  /** Learns which tasks have configurations. Called once, after the store is open. */
  async open(): Promise<void> {
    this.#closed = false;
    for (const taskId of await this.#configs.taskIds()) this.#tasks.add(taskId);
  }

  /**
   * Creates a configuration, or replaces the one with its id (spec 3.1.7).
   * @param field Path of the configuration in the request, for violations: empty when it is the request.
   * @throws A2AError INVALID_PARAMS; RESOURCE_EXHAUSTED when the task has as many as it may
   */
  async create(config: PushConfig, taskId: string, field = ""): Promise<TaskPushNotificationConfig> {
    checkConfig(config, field && `${field}.`, this.#delivery.post);
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

  async #keep(stored: StoredPushConfig): Promise<TaskPushNotificationConfig> {
    const { taskId } = stored;
    const present = await this.#configs.list(taskId);
    if (present.length >= this.#maxPerTask && !present.some(({ id }) => id === stored.id)) {
      throw new A2AError(
        "RESOURCE_EXHAUSTED",
        `A task has at most ${this.#maxPerTask} push notification configurations`,
      );
    }
    await this.#configs.put(stored);
    this.#tasks.add(taskId);
    const channels = await this.#open.get(taskId);
    const channel = channels?.get(stored.id);
    if (channel) channel.config = stored;
    else channels?.set(stored.id, this.#channel(stored));
    return redacted(stored);
  }

  /** @throws A2AError TASK_NOT_FOUND (spec 3.1.8) */
  async get(taskId: string, id: string): Promise<TaskPushNotificationConfig> {
    const config = await this.#configs.get(taskId, id);
    if (!config) throw new A2AError("TASK_NOT_FOUND", "The task has no such push notification configuration");
    return redacted(config);
  }

  /** By id (spec 3.1.9). @throws A2AError INVALID_PARAMS for a bad page size or token */
  async list(
    taskId: string,
    request: Pick<ListTaskPushNotificationConfigsRequest, "pageSize" | "pageToken"> = {},
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    return page(await this.#configs.list(taskId), request);
  }

  /** Sends nothing more to it. Deleting what is not there succeeds (spec 3.1.10). */
  async delete(taskId: string, id: string): Promise<void> {
    await this.#configs.delete(taskId, id);
    const channels = await this.#open.get(taskId);
    channels?.get(id)?.stop();
    channels?.delete(id);
  }

  /** Sends entries of a task, which are durable, to its configurations. Returns at once and never throws. */
  publish(taskId: string, entries: readonly Entry[]): void {
    if (!this.#tasks.has(taskId) || this.#closed) return;
    const failed = (error: unknown) =>
      this.#delivery.log.error("Push notification configurations could not be read", { taskId, error });
    try {
      const add = (channels: Channels) => {
        for (const channel of channels.values()) channel.add(entries);
        if (channels.size === 0) this.#open.delete(taskId);
      };
      const channels = this.#channels(taskId);
      if (channels instanceof Promise) channels.then(add).catch(failed);
      else add(channels);
      const state = entries.at(-1)?.state;
      if (state !== undefined && isTerminal(state)) this.#tasks.delete(taskId);
    } catch (error) {
      failed(error);
    }
  }

  /** Waits for what is to be sent, at most `deadlineMs`; then nothing more is sent. */
  async close(deadlineMs = 5000): Promise<void> {
    this.#closed = true;
    const opened = await Promise.allSettled(this.#open.values());
    const channels = opened.flatMap((each) => (each.status === "fulfilled" ? [...each.value.values()] : []));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([deadline, Promise.all(channels.map((channel) => channel.sending))]);
    clearTimeout(timer);
    const unsent = channels.reduce((sum, channel) => sum + channel.stop(), 0);
    if (unsent > 0) this.#delivery.log.warn("Push notifications were not sent before the end", { unsent });
  }

  /** The channels of a task, opened when there are none. Readers of one promise go on in order. */
  #channels(taskId: string): MaybePromise<Channels> {
    const open = this.#open.get(taskId);
    if (open) return open;
    const keep = (configs: readonly StoredPushConfig[]) => {
      const channels: Channels = new Map(configs.map((config) => [config.id, this.#channel(config)]));
      this.#open.set(taskId, channels);
      return channels;
    };
    const configs = this.#configs.list(taskId);
    if (!(configs instanceof Promise)) return keep(configs);
    const opening = configs.then(keep);
    this.#open.set(taskId, opening);
    opening.catch(() => this.#open.delete(taskId));
    return opening;
  }

  #channel(config: StoredPushConfig): Channel {
    return new Channel(config, this.#delivery, () => this.#rest(config.taskId));
  }

  /** Lets go of channels that have nothing to send; the next event opens them again. */
  #rest(taskId: string): void {
    const channels = this.#open.get(taskId);
    if (channels === undefined || channels instanceof Promise) return;
    if ([...channels.values()].every((channel) => channel.sending === undefined)) this.#open.delete(taskId);
  }
}
