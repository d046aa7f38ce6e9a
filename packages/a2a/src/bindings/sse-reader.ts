/** Server-Sent Events read from bytes as they arrive (WHATWG HTML 9.2.6), with a bound on what one event may hold. */
import { A2AError } from "../protocol/index.js";

/** One event of a stream. */
export interface SseEvent {
  /** The `data` lines, joined with line feeds. */
  readonly data: string;
  /** The event's own `id`. */
  readonly id: string | undefined;
}

const LF = 10;
const SPACE = 32;

/** Characters of an id: it has to go back in a header field. */
const longestId = 1_024;

export class SseReader {
  readonly #decoder = new TextDecoder();
  readonly #maxLength: number;
  /** Pieces of the line that has not ended yet. Joined once, so a long line costs no more than its length. */
  #pieces: string[] = [];
  /** Characters of the unfinished event, its unfinished line included. */
  #length = 0;
  #data: string | undefined;
  #id: string | undefined;
  /** The last chunk ended in CR: a LF that comes next belongs to it. */
  #afterCr = false;
  #retry: number | undefined;

  /** @param maxLength Characters an event may have. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Milliseconds to wait before reconnecting, if the server said. */
  get retry(): number | undefined {
    return this.#retry;
  }

  /**
   * The events that these bytes complete. What follows the last empty line is kept for the next call.
   * @throws A2AError INVALID_AGENT_RESPONSE when an event is too long.
   */
  push(bytes: Uint8Array): SseEvent[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    const events: SseEvent[] = [];
    if (text === "") return events;
    let start = this.#afterCr && text.charCodeAt(0) === LF ? 1 : 0;
    this.#afterCr = false;
    let lf = indexOrEnd(text, "\n", start);
    let cr = indexOrEnd(text, "\r", start);
    while (lf < text.length || cr < text.length) {
      const end = Math.min(lf, cr);
      this.#line(text, start, end, events);
      start = end + 1;
      if (end === cr) {
        this.#afterCr = start === text.length;
        if (start === lf) start = lf + 1;
        cr = indexOrEnd(text, "\r", start);
      }
      if (lf < start) lf = indexOrEnd(text, "\n", start);
    }
    if (start < text.length) this.#keep(text.slice(start));
    return events;
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#grow(piece.length);
  }

  #grow(length: number): void {
    this.#length += length;
    if (this.#length > this.#maxLength) {
      throw new A2AError(
        "INVALID_AGENT_RESPONSE",
        `An event of the stream is longer than ${this.#maxLength} characters`,
      );
    }
  }

  #line(text: string, start: number, end: number, events: SseEvent[]): void {
    if (this.#pieces.length > 0) {
      this.#keep(text.slice(start, end));
      this.#field(this.#pieces.join(""));
      this.#pieces = [];
    } else if (start === end) {
      this.#dispatch(events);
    } else {
      this.#grow(end - start);
      this.#field(text.slice(start, end));
    }
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data !== undefined) events.push({ data: this.#data, id: this.#id });
    this.#data = undefined;
    this.#id = undefined;
    this.#length = 0;
  }

  /** Comments are lines with an empty name; unknown fields are ignored. */
  #field(line: string): void {
    const colon = line.indexOf(":");
    const named = colon < 0 ? line.length : colon;
    const value = line.slice(line.charCodeAt(named + 1) === SPACE ? named + 2 : named + 1);
    switch (line.slice(0, named)) {
      case "data":
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
        break;
      case "id":
        if (!value.includes("\0") && value.length <= longestId) this.#id = value;
        break;
      case "retry":
        if (/^\d{1,9}$/.test(value)) this.#retry = Number(value);
        break;
    }
  }
}

function indexOrEnd(text: string, sought: string, from: number): number {
  const index = text.indexOf(sought, from);
  return index < 0 ? text.length : index;
}
