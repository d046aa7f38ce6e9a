/** Reads the stream of a `stream:N:BYTES` task and checks that every event is there, in order. */
import { chunkText, type Endpoints } from "../servers/contract.js";
import { Connection } from "./connection.js";
import { sseReader } from "./sse.js";
import { checkStatus, expect, resultOf, rpc, type StreamShape, userMessage } from "./wire.js";

/** Checks events one by one, from chunk `first` on. */
export class ChunkSequence {
  readonly #count: number;
  readonly #bytes: number;
  #next: number;
  taskId: string | undefined;
  /** The `id:` of the last event taken. */
  lastId: string | undefined;
  completed = false;

  constructor(count: number, bytes: number, first = 0) {
    this.#count = count;
    this.#bytes = bytes;
    this.#next = first;
  }

  /** The number of the chunk that comes next. */
  get next(): number {
    return this.#next;
  }

  /** @throws WrongAnswer when the event is not the next one. */
  take(data: string, id: string | undefined): void {
    this.lastId = id;
    this.takeEvent(resultOf("jsonrpc", data) as StreamShape);
  }

  /** @throws WrongAnswer when the event is not the next one. */
  takeEvent(event: StreamShape): void {
    if (event.task) this.taskId = event.task.id;
    else if (event.artifactUpdate) this.#chunk(event.artifactUpdate);
    else this.#status(event);
  }

  /** @throws WrongAnswer when the stream ended before the task did. */
  ended(): void {
    expect(this.completed, "expected the stream to end with a completed task", { next: this.#next });
  }

  #chunk(update: NonNullable<StreamShape["artifactUpdate"]>): void {
    const text = update.artifact?.parts?.[0]?.text;
    const index = this.#next++;
    expect(text === chunkText(index, this.#bytes), `expected chunk ${index}`, update);
    const last = index === this.#count - 1;
    expect((update.lastChunk ?? false) === last, `expected lastChunk to be ${last}`, update);
    expect(index === 0 || update.append === true, "expected an appended chunk", update);
  }

  #status({ statusUpdate }: StreamShape): void {
    const state = statusUpdate?.status?.state;
    if (state === "TASK_STATE_COMPLETED") {
      expect(this.#next === this.#count, `expected ${this.#count} chunks first`, this.#next);
      this.completed = true;
    } else {
      expect(state === "TASK_STATE_WORKING", "expected working or completed", statusUpdate);
    }
  }
}

/**
 * Sends `stream:count:bytes` and reads it to its end. The bytes are kept and checked afterwards, so that
 * the load's own work does not slow the server down.
 * @param arrived Called when the last byte is here or the stream broke, before the check.
 */
export async function runStream(
  at: Endpoints,
  count: number,
  bytes: number,
  arrived: () => void = () => {},
): Promise<{ seconds: number }> {
  const connection = new Connection(at.jsonrpc);
  const pieces: Buffer[] = [];
  try {
    const { bytes: request } = rpc(at, "SendStreamingMessage", userMessage(`stream:${count}:${bytes}`));
    const begin = performance.now();
    checkStatus(await connection.stream(request, (piece) => pieces.push(piece)).finally(arrived));
    const seconds = (performance.now() - begin) / 1_000;
    const sequence = new ChunkSequence(count, bytes);
    const read = sseReader((data, id) => sequence.take(data, id));
    for (const piece of pieces) read(piece);
    sequence.ended();
    return { seconds };
  } finally {
    connection.close();
  }
}
