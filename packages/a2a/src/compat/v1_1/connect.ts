/** The client of agents that speak 1.1, with types that know of generations. */
import type {
  CallOptions,
  Client,
  ClientOptions,
  ResponseStream,
  Sendable,
  SendOptions,
  SubscribeOptions,
} from "../../client/index.js";
import {
  A2AError,
  type AgentCard,
  askedVersion,
  type CancelTaskRequest,
  type GetTaskRequest,
  type ListTasksRequest,
  type ListTasksResponse,
  type SendMessageConfiguration,
  type SendMessageRequest,
  type SendMessageResponse,
  type StreamResponse,
  type SubscribeToTaskRequest,
  type Task,
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from "../../protocol/index.js";
import type { added } from "./fields.js";
import { draft1_1 } from "./index.js";

/** Integers of 64 bits: text in answers, either in requests. */
type Added<N extends keyof typeof added, Int64> = { readonly [K in keyof (typeof added)[N]]?: Int64 };
type Requested<N extends keyof typeof added> = Added<N, string | number>;

export type Task1_1 = Task & Added<"Task", string>;

export type StreamResponse1_1 = StreamResponse & {
  readonly task?: Task1_1 | undefined;
  readonly statusUpdate?: (TaskStatusUpdateEvent & Added<"TaskStatusUpdateEvent", string>) | undefined;
  readonly artifactUpdate?: (TaskArtifactUpdateEvent & Added<"TaskArtifactUpdateEvent", string>) | undefined;
};

export type SendMessageResponse1_1 = SendMessageResponse & { readonly task?: Task1_1 | undefined };

export interface ListTasksResponse1_1 extends ListTasksResponse {
  tasks: Task1_1[];
}

type Configuration1_1 = SendMessageConfiguration & Requested<"SendMessageConfiguration">;

export type Sendable1_1 = Sendable | (SendMessageRequest & { readonly configuration?: Configuration1_1 });

export type SendOptions1_1 = SendOptions & { readonly configuration?: Configuration1_1 };

export interface ResponseStream1_1 extends ResponseStream {
  [Symbol.asyncIterator](): this;
  next(): Promise<IteratorResult<StreamResponse1_1, void>>;
  return(): Promise<IteratorResult<StreamResponse1_1, void>>;
}

/** `Client` as an agent of 1.1 answers it; what is not here is as it is there. */
export interface Client1_1 extends Client {
  /** @throws A2AError TASK_GENERATION_MISMATCH when the task is not at `ifGenerationMatch`; `metadata.currentGeneration` is where it is. */
  sendMessage(message: Sendable1_1, options?: SendOptions1_1): Promise<SendMessageResponse1_1>;
  ask(message: Sendable1_1, options?: SendOptions1_1): Promise<string>;
  sendStreamingMessage(message: Sendable1_1, options?: SendOptions1_1): ResponseStream1_1;
  /** With `currentGeneration` the answer waits until the task is past it; the agent may answer earlier. */
  getTask(request: GetTaskRequest & Requested<"GetTaskRequest">, options?: CallOptions): Promise<Task1_1>;
  listTasks(request?: ListTasksRequest, options?: CallOptions): Promise<ListTasksResponse1_1>;
  listAllTasks(request?: ListTasksRequest, options?: CallOptions): AsyncGenerator<Task1_1, void, undefined>;
  cancelTask(request: CancelTaskRequest, options?: CallOptions): Promise<Task1_1>;
  subscribeToTask(request: SubscribeToTaskRequest, options?: SubscribeOptions): ResponseStream1_1;
}

/**
 * `connect`, to an agent that offers the draft of 1.1.
 *
 * @throws A2AError VERSION_NOT_SUPPORTED when it does not: an agent of 1.0 would take no notice of what is expected.
 * @throws as `connect` does
 * @example
 * const client = await connect1_1("localhost:4100");
 * const { generation } = await client.getTask({ id });
 * const later = await client.getTask({ id, currentGeneration: generation });
 */
export async function connect1_1(
  agent: string | URL | AgentCard,
  options: ClientOptions = {},
  call?: CallOptions,
): Promise<Client1_1> {
  // Servers load this room as well, and are not to load the client with it.
  const { connect } = await import("../../client/index.js");
  const versions = [draft1_1, ...(options.versions ?? []).filter((version) => version !== draft1_1)];
  const client = await connect(agent, { ...options, versions }, call);
  const { protocolVersion } = client.interface;
  if (askedVersion(protocolVersion) !== "1.1") {
    client.close();
    throw new A2AError("VERSION_NOT_SUPPORTED", `The agent offers ${protocolVersion}, and not 1.1`);
  }
  return client;
}
