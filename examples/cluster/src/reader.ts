/** A client that asks for a report and follows it to the end, keeping every line that it was shown. */
import type { Client, StreamResponse, Task } from "@parley/a2a/client";
import { linesOf } from "./agent.js";

export class Reader {
  /** As the stream showed them. */
  #lines: string[] = [];
  #taskId: string | undefined;
  #task: Task | undefined;

  get taskId(): string | undefined {
    return this.#taskId;
  }

  get count(): number {
    return this.#lines.length;
  }

  get finished(): boolean {
    return this.#task !== undefined;
  }

  /** The node that wrote the last line. */
  get node(): string | undefined {
    return this.#lines.at(-1)?.split(" ").at(-1);
  }

  /** How many nodes wrote at this report. */
  get nodes(): number {
    return new Set(this.#lines.map((line) => line.split(" ").at(-1))).size;
  }

  async follow(client: Client, signal: AbortSignal): Promise<void> {
    for await (const event of client.sendStreamingMessage("Write a report", { signal })) this.#take(event);
    this.#task = await client.getTask({ id: this.#taskId ?? "" });
  }

  /** What is wrong with the report when it is finished; undefined when each line is there, in order, once. */
  problem(lines: number): string | undefined {
    const { status } = this.#task ?? {};
    if (status?.state !== "TASK_STATE_COMPLETED") return `it is ${status?.state ?? "not finished"}`;
    const kept = this.#task ? linesOf(this.#task) : [];
    for (const [what, all] of [
      ["the stream", this.#lines],
      ["the task", kept],
    ] as const) {
      if (all.length !== lines || !all.every((line, i) => line.startsWith(`Line ${i + 1},`)))
        return `${what} has ${all.length} lines: ${all.join("; ")}`;
    }
    return undefined;
  }

  #take({ task, statusUpdate, artifactUpdate }: StreamResponse): void {
    this.#taskId ??= task?.id ?? statusUpdate?.taskId ?? artifactUpdate?.taskId;
    if (task) this.#lines = linesOf(task);
    if (artifactUpdate) this.#lines.push(...linesOf({ artifacts: [artifactUpdate.artifact] }));
  }
}
