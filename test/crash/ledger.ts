/** What the agent has answered: what it may never take back. */
import type { StreamResponse, Task } from "@parley/a2a/client";
import type { SentEvent } from "./wire.js";

/** A task as its clients know it. */
export class Known {
  /** Answers with the Task as JSON, in the order they came. */
  readonly answers: string[] = [];
  /** Events of its streams. */
  readonly events: SentEvent[] = [];
  /** Answered push notification configurations by id; undefined where the deletion was answered. */
  readonly configs = new Map<string, string | undefined>();
  /** A request that changes the task was sent, and not answered: nobody can say whether it happened. */
  unsure = false;

  constructor(readonly id: string) {}

  /** The Task as it was answered last. */
  get last(): Task | undefined {
    const json = this.answers.at(-1);
    return json === undefined ? undefined : (JSON.parse(json) as Task);
  }

  async change(request: () => Promise<string>): Promise<string> {
    this.unsure = true;
    const json = await request();
    this.unsure = false;
    return json;
  }

  /** @param answered What the configuration is once the request is answered. */
  async configure(
    id: string,
    request: () => Promise<string>,
    answered: (json: string) => string | undefined,
  ) {
    this.configs.delete(id);
    const json = await request();
    this.configs.set(id, answered(json));
  }
}

export class Ledger {
  readonly #tasks = new Map<string, Known>();
  /** How many answers and events were noted. */
  size = 0;

  get tasks(): readonly Known[] {
    return [...this.#tasks.values()];
  }

  #known(id: string): Known {
    const known = this.#tasks.get(id) ?? new Known(id);
    this.#tasks.set(id, known);
    return known;
  }

  /** Notes a Task that was answered. */
  task(json: string): Known {
    const known = this.#known((JSON.parse(json) as Task).id);
    known.answers.push(json);
    this.size++;
    return known;
  }

  /** Notes an event of a stream. */
  event(event: SentEvent): void {
    const { task, statusUpdate, artifactUpdate } = JSON.parse(event.data) as StreamResponse;
    this.#known(task?.id ?? statusUpdate?.taskId ?? artifactUpdate?.taskId ?? "").events.push(event);
    this.size++;
  }
}
