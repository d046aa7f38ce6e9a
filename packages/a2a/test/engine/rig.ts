/** An engine on a real store, and readers for its streams. */

import type { AgentContext, AgentRequest } from "../../src/agent/index.js";
import { defineAgent, type Execution } from "../../src/agent/index.js";
import type { EventSink, EventStream, StreamEvent } from "../../src/dispatch/contract.js";
import {
  type AdmissionLimits,
  type Caller,
  type ClusterSettings,
  cancelTask,
  Engine,
  getTask,
  listTasks,
  newId,
  sendMessage,
  sendStreamingMessage,
  subscribeToTask,
} from "../../src/engine/index.js";
import type { Log, Store } from "../../src/ports/index.js";
import type {
  A2AError,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageConfiguration,
  StreamResponse,
  Task,
} from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";

export const alice: Caller = {
  owner: "alice",
  tenant: undefined,
  principal: { id: "alice" },
  extensions: [],
};
export const bob: Caller = { owner: "bob", tenant: undefined, principal: { id: "bob" }, extensions: [] };

export interface Logged {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Execute = (request: AgentRequest, context: AgentContext) => Execution;

export async function rig(
  execute: Execute,
  options: {
    store?: Store;
    reply?: () => string | undefined;
    retryMillis?: number;
    resumable?: boolean;
    cluster?: ClusterSettings;
    admission?: AdmissionLimits;
    taskSize?: number;
  } = {},
) {
  const store = options.store ?? memory();
  await store.open();
  const logged: Logged[] = [];
  const say = (message: string, fields = {}) => void logged.push({ message, fields });
  const log: Log = { error: say, warn: say, info: say };
  const card = { name: "Test", description: "Test", version: "1" };
  const { resumable = false, cluster } = options;
  const agent = defineAgent({ card, execute, resumable, ...(options.reply && { reply: options.reply }) });
  const engine = new Engine({
    agent,
    journal: store.journal,
    log,
    retryMillis: options.retryMillis,
    cluster,
    admission: options.admission,
    taskSize: options.taskSize,
    idempotency: store.idempotency,
  });
  await engine.open();

  const request = (
    text: string,
    message: Partial<Message> = {},
    configuration: SendMessageConfiguration = {},
  ) => ({
    message: { messageId: newId(), role: "ROLE_USER" as const, parts: [{ text }], ...message },
    configuration,
  });
  return {
    engine,
    store,
    logged,
    send: async (
      text: string,
      message?: Partial<Message>,
      configuration?: SendMessageConfiguration,
      caller = alice,
    ) =>
      (JSON.parse(await sendMessage(engine, request(text, message, configuration), caller)) as { task: Task })
        .task,
    reply: async (text: string) =>
      (JSON.parse(await sendMessage(engine, request(text), alice)) as { message: Message }).message,
    stream: async (
      text: string,
      message?: Partial<Message>,
      configuration?: SendMessageConfiguration,
      caller = alice,
    ) => collect(await sendStreamingMessage(engine, request(text, message, configuration), caller)),
    subscribe: async (id: string, after?: number, caller = alice) =>
      collect(await subscribeToTask(engine, id, caller, after)),
    get: async (id: string, historyLength?: number, caller = alice) =>
      JSON.parse(
        await getTask(engine, { id, ...(historyLength !== undefined && { historyLength }) }, caller.owner),
      ) as Task,
    list: async (query: ListTasksRequest = {}, caller = alice) =>
      JSON.parse(await listTasks(engine, query, caller.owner)) as ListTasksResponse,
    cancel: async (id: string, caller = alice) =>
      JSON.parse(await cancelTask(engine, id, caller.owner)) as Task,
  };
}

/** A reader of a stream: keeps what came, can stop reading, knows how the stream ended. */
export class Reader implements EventSink {
  readonly events: StreamEvent[] = [];
  readonly done: Promise<"end" | "cut" | A2AError>;
  reading = true;
  #settle!: (how: "end" | "cut" | A2AError) => void;
  #watchers: (() => void)[] = [];

  constructor(readonly stream: EventStream) {
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }
  send(events: readonly StreamEvent[]): boolean {
    this.events.push(...events);
    for (const watcher of this.#watchers.splice(0)) watcher();
    return this.reading;
  }
  end(error?: A2AError): void {
    this.#settle(error ?? "end");
  }
  cut(): void {
    this.#settle("cut");
  }
  resume(): void {
    this.reading = true;
    this.stream.resume();
  }
  /** Resolves once so many events have come. */
  async count(wanted: number): Promise<void> {
    while (this.events.length < wanted) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
  get seqs(): (number | undefined)[] {
    return this.events.map((event) => event.seq);
  }
  get parsed(): StreamResponse[] {
    return this.events.map((event) => JSON.parse(event.json) as StreamResponse);
  }
}

export function collect(stream: EventStream): Reader {
  const reader = new Reader(stream);
  stream.start(reader);
  return reader;
}

export const reasonOf = async (doing: Promise<unknown>): Promise<string> => {
  try {
    await doing;
    return "no error";
  } catch (error) {
    return (error as A2AError).reason ?? String(error);
  }
};
