/** The client of one agent: a method for each operation (spec 3.1), and a few that read better in programs. */
import {
  A2AError,
  type AgentCard,
  type AgentInterface,
  type CancelTaskRequest,
  type DeleteTaskPushNotificationConfigRequest,
  type GetTaskPushNotificationConfigRequest,
  type GetTaskRequest,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type ListTasksResponse,
  type OperationName,
  type OperationTypes,
  operations,
  type SendMessageResponse,
  type SubscribeToTaskRequest,
  type Task,
  type TaskPushNotificationConfig,
} from "../protocol/index.js";
import { Caller } from "./caller.js";
import { chooseInterface } from "./interfaces.js";
import type { CallOptions, ClientOptions, SendOptions, SubscribeOptions } from "./options.js";
import { ResponseStream } from "./response-stream.js";
import { type Sendable, toSendMessageRequest } from "./sendable.js";
import { textOf } from "./text-of.js";

export type { Sendable };

/**
 * Speaks to one agent over one of its interfaces. Every call may throw `A2AError` (the agent answered with an
 * error, or broke the specification: INVALID_AGENT_RESPONSE), `TransportError` (no answer came), or the reason of
 * an aborted signal. `tenant` is filled in from the interface.
 */
export class Client {
  /** The interface of the card that all calls use. */
  readonly interface: AgentInterface;
  readonly #caller: Caller;
  readonly #options: ClientOptions;
  #card: AgentCard;

  /**
   * @throws A2AError VERSION_NOT_SUPPORTED or UNSUPPORTED_OPERATION when no interface of the card can be used (spec 8.3.2).
   */
  constructor(card: AgentCard, options: ClientOptions = {}) {
    this.#card = card;
    this.#options = options;
    const chosen = chooseInterface(card, options);
    this.interface = chosen.interface;
    this.#caller = new Caller(chosen, options, () => this.#card);
  }

  /** The agent's card; the extended one once it was fetched. */
  get card(): AgentCard {
    return this.#card;
  }

  /** Sends a message and returns its task, settled unless `returnImmediately` is set, or a direct answer (spec 3.1.1). */
  sendMessage(message: Sendable, options: SendOptions = {}): Promise<SendMessageResponse> {
    return this.#unary("SendMessage", toSendMessageRequest(message, options), options);
  }

  /** Sends a message and returns the text of the answer: of its artifacts, or of the message that comes instead. */
  async ask(message: Sendable, options?: SendOptions): Promise<string> {
    return textOf(await this.sendMessage(message, options));
  }

  /**
   * Sends a message and follows its task until it ends or needs input (spec 3.1.2). The message is posted once;
   * a cut stream is resumed by subscribing.
   */
  sendStreamingMessage(message: Sendable, options: SendOptions = {}): ResponseStream {
    return this.#stream("SendStreamingMessage", toSendMessageRequest(message, options), options);
  }

  /** @throws A2AError TASK_NOT_FOUND (spec 3.1.3) */
  getTask(request: GetTaskRequest, options?: CallOptions): Promise<Task> {
    return this.#unary("GetTask", request, options);
  }

  /** One page of tasks, newest first (spec 3.1.4). */
  listTasks(request: ListTasksRequest = {}, options?: CallOptions): Promise<ListTasksResponse> {
    return this.#unary("ListTasks", request, options);
  }

  /** All tasks, page after page, newest first. @throws A2AError INVALID_AGENT_RESPONSE when the pages go in circles */
  async *listAllTasks(
    request: ListTasksRequest = {},
    options?: CallOptions,
  ): AsyncGenerator<Task, void, undefined> {
    const asked = new Set<string>();
    for (let pageToken = request.pageToken ?? ""; ; ) {
      asked.add(pageToken);
      const page = await this.listTasks({ ...request, ...(pageToken && { pageToken }) }, options);
      yield* page.tasks;
      pageToken = page.nextPageToken;
      if (!pageToken) return;
      if (asked.has(pageToken)) {
        throw new A2AError(
          "INVALID_AGENT_RESPONSE",
          "The agent gave a nextPageToken that it had given before",
        );
      }
    }
  }

  /** @throws A2AError TASK_NOT_FOUND, TASK_NOT_CANCELABLE (spec 3.1.5) */
  cancelTask(request: CancelTaskRequest, options?: CallOptions): Promise<Task> {
    return this.#unary("CancelTask", request, options);
  }

  /**
   * Follows a task until it ends, beginning with a snapshot (spec 3.1.6); after `lastEventId`, where given.
   * Errors come with the first event: UNSUPPORTED_OPERATION for a task that has ended, TASK_NOT_FOUND.
   */
  subscribeToTask(request: SubscribeToTaskRequest, options: SubscribeOptions = {}): ResponseStream {
    return this.#stream("SubscribeToTask", request, options);
  }

  /** @throws A2AError TASK_NOT_FOUND, PUSH_NOTIFICATION_NOT_SUPPORTED (spec 3.1.7) */
  createTaskPushNotificationConfig(
    request: TaskPushNotificationConfig,
    options?: CallOptions,
  ): Promise<TaskPushNotificationConfig> {
    return this.#unary("CreateTaskPushNotificationConfig", request, options);
  }

  /** @throws A2AError TASK_NOT_FOUND, also for an absent configuration (spec 3.1.8) */
  getTaskPushNotificationConfig(
    request: GetTaskPushNotificationConfigRequest,
    options?: CallOptions,
  ): Promise<TaskPushNotificationConfig> {
    return this.#unary("GetTaskPushNotificationConfig", request, options);
  }

  /** @throws A2AError TASK_NOT_FOUND (spec 3.1.9) */
  listTaskPushNotificationConfigs(
    request: ListTaskPushNotificationConfigsRequest,
    options?: CallOptions,
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    return this.#unary("ListTaskPushNotificationConfigs", request, options);
  }

  /** Succeeds as well when it was deleted before (spec 3.1.10). */
  async deleteTaskPushNotificationConfig(
    request: DeleteTaskPushNotificationConfigRequest,
    options?: CallOptions,
  ): Promise<void> {
    await this.#unary("DeleteTaskPushNotificationConfig", request, options);
  }

  /** The card for authenticated callers, which becomes `client.card` (spec 3.1.11). */
  async getExtendedAgentCard(options?: CallOptions): Promise<AgentCard> {
    this.#card = await this.#unary("GetExtendedAgentCard", {}, options);
    return this.#card;
  }

  /** Gives up connections that are kept open, such as those of gRPC. Calls under way fail. */
  close(): void {
    this.#caller.close();
  }

  async #unary<N extends OperationName>(
    name: N,
    request: OperationTypes[N]["request"],
    options: CallOptions = {},
  ): Promise<OperationTypes[N]["response"]> {
    this.#needCapability(name);
    return this.#caller.unary(name, this.#addressed(request), options);
  }

  #stream(
    name: "SendStreamingMessage" | "SubscribeToTask",
    request: OperationTypes[typeof name]["request"],
    options: SubscribeOptions,
  ): ResponseStream {
    this.#needCapability(name);
    return new ResponseStream(this.#caller, name, this.#addressed(request), options, this.#options);
  }

  /** Exactly the interface's tenant, or none (spec 8.3.2). */
  #addressed<T extends object>(request: T): T {
    const { tenant } = this.interface;
    return { ...request, tenant: tenant === "" ? undefined : tenant };
  }

  #needCapability(name: OperationName): void {
    const { capability } = { capability: undefined, ...operations[name] };
    if (capability === undefined || this.#card.capabilities?.[capability]) return;
    const reason =
      capability === "pushNotifications" ? "PUSH_NOTIFICATION_NOT_SUPPORTED" : "UNSUPPORTED_OPERATION";
    throw new A2AError(
      reason,
      `${name} needs the capability ${capability}, which the card of this agent does not declare`,
    );
  }
}
