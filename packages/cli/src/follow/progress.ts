import type { Message, StreamResponse, Task, TaskStatus } from "@parley/a2a/protocol";
import type { Diagnostics } from "../output/index.js";

/** Tells on stderr how a task is doing while the result is waited for. Each thing is said once. */
export class Progress {
  readonly #diagnostics: Diagnostics;
  readonly #artifacts = new Set<string>();
  #taskId: string | undefined;
  #said: string | undefined;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  event({ task, statusUpdate, artifactUpdate }: StreamResponse): void {
    if (task !== undefined) this.task(task);
    if (statusUpdate !== undefined) this.#status(statusUpdate.status);
    if (artifactUpdate === undefined) return;
    const { artifactId, name } = artifactUpdate.artifact;
    if (this.#artifacts.has(artifactId)) return;
    this.#artifacts.add(artifactId);
    this.#diagnostics.progress(`Artifact: ${name ?? artifactId}`);
  }

  task(task: Task): void {
    if (this.#taskId !== task.id) this.#diagnostics.progress(`Task ID: ${task.id}`);
    this.#taskId = task.id;
    this.#status(task.status);
  }

  #status({ state, message }: TaskStatus): void {
    const text = message === undefined ? "" : `: ${firstText(message)}`;
    const line = `${state.replace(/^TASK_STATE_/, "")}${text}`;
    if (line !== this.#said) this.#diagnostics.progress(line);
    this.#said = line;
  }
}

function firstText({ parts }: Message): string {
  return (
    parts
      .map((part) => part.text ?? "")
      .join(" ")
      .trim()
      .split("\n", 1)[0] ?? ""
  );
}
