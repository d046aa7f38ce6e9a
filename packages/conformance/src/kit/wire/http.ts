/** HTTP as it is: nothing is checked before it is sent, and nothing of what comes back is believed. */
import { Failed } from "../check.js";
import { Events } from "./events.js";
import { type Exchange, headerLines, shorten, textOf } from "./exchange.js";
import type { Line } from "./line.js";

export interface HttpAsk {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Sends the credentials of the run; for an interface unless told, never for a card. */
  readonly credentials?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly exchange: Exchange;
}

/** An answer that is an event stream, or one that is none. */
export interface HttpStream<E> {
  readonly answer: HttpAnswer;
  readonly events: Events<E> | undefined;
}

/** @throws Failed when no answer comes; Untested when no time is left */
export async function http(line: Line, ask: HttpAsk): Promise<HttpAnswer> {
  const { response, exchange } = await sent(line, ask);
  const body = await wholeBody(response).catch((error: unknown) => {
    throw new Failed("a complete answer", exchange, line.lost(error));
  });
  return answered(line, response, body, exchange);
}

/**
 * @param readEvent What the data of an event is.
 * @throws Failed when no answer comes; Untested when no time is left
 */
export async function httpStream<E>(
  line: Line,
  ask: HttpAsk,
  readEvent: (data: string) => E,
): Promise<HttpStream<E>> {
  const stop = new AbortController();
  const { response, exchange } = await sent(line, ask, stop.signal);
  if (!isEventStream(response.headers) || response.body === null) {
    const body = await wholeBody(response).catch(() => "");
    return { answer: answered(line, response, body, exchange), events: undefined };
  }
  const answer = answered(line, response, "", exchange);
  const events = new Events<E>(() => stop.abort());
  void read(response.body, exchange, events, readEvent);
  return { answer, events };
}

/** Characters of one answer, or of the events of one stream, that are read. */
const longest = 8_000_000;

/** @throws Error when it breaks off, or is longer than any answer to the kit could be */
async function wholeBody({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > longest) throw new Error(`it is longer than ${longest} characters`);
  }
  return text + decoder.decode();
}

export function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function isEventStream(headers: Headers): boolean {
  return mediaTypeOf(headers) === "text/event-stream";
}

async function sent(
  line: Line,
  { method, url, headers, body, credentials = true }: HttpAsk,
  stop?: AbortSignal,
) {
  const all = { ...(credentials && line.headers), ...headers };
  const exchange: Exchange = {
    sent: textOf(`${method} ${url}`, headerLines(Object.entries(all), line.secret), body ?? ""),
    received: "(nothing)",
  };
  const limit = line.request();
  try {
    const response = await line.fetch(url, {
      method,
      headers: all,
      // Credentials go where the card says, and nowhere else.
      redirect: credentials ? "manual" : "follow",
      signal: stop ? AbortSignal.any([limit, stop]) : limit,
      ...(body !== undefined && { body }),
    });
    return { response, exchange };
  } catch (error) {
    exchange.received = line.lost(error);
    throw new Failed("an answer", exchange, exchange.received);
  }
}

function answered(line: Line, response: Response, body: string, exchange: Exchange): HttpAnswer {
  const { status, headers } = response;
  exchange.received = textOf(`HTTP ${status}`, headerLines(headers, line.secret), body);
  return { status, headers, body, exchange };
}

/** Server-Sent Events (WHATWG HTML 9.2.6), as far as A2A uses them. */
async function read<E>(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
  events: Events<E>,
  readEvent: (data: string) => E,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  let length = 0;
  try {
    for await (const bytes of body) {
      length += bytes.length;
      if (length > longest) break;
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block
          .split(/\r?\n/)
          .flatMap((row) => /^data: ?(.*)$/.exec(row)?.[1] ?? [])
          .join("\n");
        if (data === "") continue;
        exchange.received = shorten(`${exchange.received}\n\ndata: ${data}`);
        events.add(readEvent(data));
      }
    }
    events.end(length > longest ? "cut" : "closed");
  } catch {
    events.end("cut");
  }
}
