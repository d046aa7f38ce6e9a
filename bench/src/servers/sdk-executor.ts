/** The bench agent written against @a2a-js/sdk: publishes its events on the SDK's bus. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Message, type Part, Role, TaskState } from "@a2a-js/sdk";
import {
  AgentEvent,
  type AgentExecutor,
  type ExecutionEventBus,
  type RequestContext,
} from "@a2a-js/sdk/server";
import { chunkText, parseCommand } from "./contract.js";

function textPart(value: string): Part {
  return { content: { $case: "text", value }, metadata: undefined, filename: "", mediaType: "" };
}

function textOf({ parts }: Message): string {
  const content = parts[0]?.content;
  return content?.$case === "text" ? content.value : "";
}

function statusOf(state: TaskState) {
  return { state, message: undefined, timestamp: new Date().toISOString() };
}

/** One task's events. */
class Run {
  readonly #bus: ExecutionEventBus;
  readonly #ids: { taskId: string; contextId: string };

  constructor(bus: ExecutionEventBus, ids: { taskId: string; contextId: string }) {
    this.#bus = bus;
    this.#ids = ids;
  }

  created(message: Message): void {
    const { taskId: id, contextId } = this.#ids;
    const status = statusOf(TaskState.TASK_STATE_SUBMITTED);
    const task = { id, contextId, status, artifacts: [], history: [message], metadata: undefined };
    this.#bus.publish(AgentEvent.task(task));
  }

  status(state: TaskState): void {
    this.#bus.publish(
      AgentEvent.statusUpdate({ ...this.#ids, status: statusOf(state), metadata: undefined }),
    );
  }

  artifact(artifactId: string, text: string, append = false, lastChunk = true): void {
    const artifact = {
      artifactId,
      name: "",
      description: "",
      parts: [textPart(text)],
      metadata: undefined,
      extensions: [],
    };
    this.#bus.publish(
      AgentEvent.artifactUpdate({ ...this.#ids, artifact, append, lastChunk, metadata: undefined }),
    );
  }
}

export class SdkExecutor implements AgentExecutor {
  readonly #held = new Map<string, () => void>();

  async execute(context: RequestContext, bus: ExecutionEventBus): Promise<void> {
    const { taskId, contextId, userMessage } = context;
    const text = textOf(userMessage);
    const command = parseCommand(text);
    if (command.kind === "message") return bus.publish(AgentEvent.message(reply(text, contextId)));
    const run = new Run(bus, { taskId, contextId });
    run.created(userMessage);
    run.status(TaskState.TASK_STATE_WORKING);
    if (command.kind === "hold") {
      await new Promise<void>((resolve) => this.#held.set(taskId, resolve));
      return run.status(TaskState.TASK_STATE_CANCELED);
    }
    if (command.kind === "echo") run.artifact("echo", text);
    else {
      for (let index = 0; index < command.count; index++) {
        if (command.everyMs > 0) await sleep(command.everyMs);
        run.artifact("chunks", chunkText(index, command.bytes), index > 0, index === command.count - 1);
      }
    }
    run.status(TaskState.TASK_STATE_COMPLETED);
  }

  async cancelTask(taskId: string): Promise<void> {
    this.#held.get(taskId)?.();
    this.#held.delete(taskId);
  }
}

function reply(text: string, contextId: string): Message {
  return {
    messageId: randomUUID(),
    contextId,
    taskId: "",
    role: Role.ROLE_AGENT,
    parts: [textPart(text)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}
