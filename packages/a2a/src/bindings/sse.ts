/** An EventStream as Server-Sent Events (spec 9.4.2, 11.7). The `id:` of an event is its journal sequence. */
import type { EventSink, EventStream, StreamEvent } from "../dispatch/contract.js";
import type { A2AError } from "../protocol/index.js";
import type { HttpStream, HttpWriter } from "./http.js";
import type { Framing } from "./response.js";

export const sseHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  // Proxies of the nginx family would otherwise hold events back.
  "x-accel-buffering": "no",
};

const heartbeatMillis = 15_000;
const comment = ":\n\n";

/** Streams that are open. One timer serves them all, and keeps no process alive. */
const open = new Set<SseStream>();
let timer: ReturnType<typeof setInterval> | undefined;

export class SseStream implements HttpStream, EventSink {
  readonly #events: EventStream;
  readonly #framing: Framing;
  #writer: HttpWriter | undefined;
  /** The writer said false and has not drained since. */
  #full = false;
  /** The event stream was told so and waits for `resume`. */
  #paused = false;
  #started = false;
  #over = false;

  constructor(events: EventStream, framing: Framing) {
    this.#events = events;
    this.#framing = framing;
  }

  start(writer: HttpWriter): void {
    this.#writer = writer;
    open.add(this);
    if (timer === undefined) {
      timer = setInterval(beat, heartbeatMillis);
      timer.unref?.();
    }
    this.#events.start(this);
    // Without a first event, a comment carries the header out: the reader sees that it is subscribed.
    if (!this.#started) this.#write(comment);
  }

  send(events: readonly StreamEvent[]): boolean {
    const { before, after } = this.#framing;
    let chunk = "";
    for (const { seq, json } of events) {
      chunk += seq === undefined ? "data: " : `id: ${seq}\ndata: `;
      chunk += `${before}${json}${after}\n\n`;
    }
    this.#paused = !this.#write(chunk);
    return !this.#paused;
  }

  end(error?: A2AError): void {
    if (error !== undefined) {
      const { errorEvent } = this.#framing;
      this.#write(`${errorEvent ? `event: ${errorEvent}\n` : ""}data: ${this.#framing.error(error)}\n\n`);
    }
    this.#close()?.end();
  }

  cut(): void {
    this.#close()?.destroy();
  }

  drained(): void {
    this.#full = false;
    if (!this.#paused) return;
    this.#paused = false;
    this.#events.resume();
  }

  cancelled(): void {
    if (this.#over) return;
    this.#close();
    this.#events.cancel();
  }

  /** A comment, so that nobody between here and the reader takes a quiet stream for a dead one. */
  beat(): void {
    if (!this.#full) this.#write(comment);
  }

  #write(chunk: string): boolean {
    if (this.#writer === undefined) return false;
    this.#started = true;
    if (!this.#writer.write(chunk)) this.#full = true;
    return !this.#full;
  }

  #close(): HttpWriter | undefined {
    const writer = this.#writer;
    this.#writer = undefined;
    this.#over = true;
    open.delete(this);
    if (open.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    return writer;
  }
}

function beat(): void {
  for (const stream of open) stream.beat();
}
