/** The events of a stream on stdout as they come: one JSON object per line, or text (11.2, 11.3). */
import type { StreamResponse, Task, TaskStatusUpdateEvent } from "@parley/a2a/protocol";
import type { Context } from "../context.js";
import { isSettled } from "../task-state.js";
import { hasFiles, printNextSteps, printReply, warnAboutOutcome } from "./results.js";
import { renderEvent, type TaskFacts } from "./task.js";

export class StreamPrinter {
  readonly #context: Context;
  #facts: TaskFacts | undefined;
  #files = false;

  constructor(context: Context) {
    this.#context = context;
  }

  event(event: StreamResponse): void {
    this.#remember(event);
    if (this.#context.json) this.#context.emit(event);
    else if (event.message !== undefined) printReply(this.#context, event.message);
    else renderEvent(this.#context.text, event, this.#context.verbose);
  }

  /** @param task What polling found, where the stream did not last until the end: it becomes the last event. */
  end(task?: Task): void {
    const shown = this.#facts !== undefined && isSettled(this.#facts.status.state);
    if (task !== undefined && !shown) this.event({ task });
    if (this.#facts === undefined) return;
    if (!this.#context.json) printNextSteps(this.#context, this.#facts, this.#files);
    warnAboutOutcome(this.#context, this.#facts);
  }

  #remember({ task, statusUpdate, artifactUpdate }: StreamResponse): void {
    if (task !== undefined) this.#facts = task;
    if (statusUpdate !== undefined) this.#facts = factsOf(statusUpdate);
    if (task !== undefined && hasFiles(task)) this.#files = true;
    if (artifactUpdate?.artifact.parts.some((part) => part.raw !== undefined)) this.#files = true;
  }
}

const factsOf = ({ taskId, contextId, status }: TaskStatusUpdateEvent): TaskFacts => ({
  id: taskId,
  contextId,
  status,
});
