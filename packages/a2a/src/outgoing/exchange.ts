import type { Agent, request as httpRequest, IncomingMessage } from "node:http";
import { explained, OutgoingError } from "./errors.js";

export interface OutgoingResponse {
  readonly status: number;
  /** Lower-case names; repeated fields joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Read as fast as it is consumed; leaving the loop closes the connection. Throws OutgoingError. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection, for a body that nobody will read. */
  discard(): void;
}

/** Ends a request with the reason its maker is to see. */
export type Stop = (reason: unknown) => void;

/** What speaks http or https. */
export interface Transport {
  readonly request: typeof httpRequest;
  readonly agent: Agent;
}

export interface ExchangeOptions {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly transport: Transport;
  readonly signal?: AbortSignal;
  /** Has this request's `Stop` while it is under way. */
  readonly underWay: Set<Stop>;
  readonly maxBytes: number;
  /** How long to wait for the answer to begin, and then for each piece of it. */
  readonly timeoutMs: number;
  /** How long everything may take. */
  readonly totalMs: number;
}

/**
 * One request on the wire and its answer.
 * Rejects with OutgoingError, or with the signal's reason.
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<OutgoingResponse> {
  const { method, transport, headers, signal, underWay, timeoutMs, totalMs } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let response: IncomingMessage | undefined;
    let stopped: { readonly reason: unknown } | undefined;
    const request = transport.request(url, { method, agent: transport.agent, headers });

    const failure = (error: unknown) => (stopped ? stopped.reason : explained(error, url.host));
    const stop = (reason: unknown) => {
      stopped ??= { reason };
      over();
      (response ?? request).destroy();
      // At once: a request that waits for a free connection would tell its end only when it gets one.
      reject(reason);
    };
    const late = () => stop(new OutgoingError("TIMEOUT", `${url.host} took too long`));
    const aborted = () => stop(signal?.reason);

    const answer = setTimeout(late, timeoutMs).unref();
    const total = setTimeout(late, totalMs).unref();
    signal?.addEventListener("abort", aborted, { once: true });
    underWay.add(stop);
    const over = () => {
      clearTimeout(answer);
      clearTimeout(total);
      signal?.removeEventListener("abort", aborted);
      underWay.delete(stop);
    };

    const unanswered = (error: unknown) => {
      if (response !== undefined) return;
      over();
      reject(failure(error));
    };
    request.on("error", unanswered);
    // Without an error too: a server that switches to a protocol nobody asked for.
    request.on("close", () => unanswered(new OutgoingError("PROTOCOL", `${url.host} did not answer`)));
    request.on("response", (received) => {
      response = received;
      clearTimeout(answer);
      received.once("close", over);
      // The body's reader tells of errors; before there is one they must not end the process.
      received.on("error", () => {});
      resolve({
        status: received.statusCode ?? 0,
        headers: headersOf(received),
        body: bodyOf(received, { host: url.host, options, late, failure }),
        discard: () => stop(new OutgoingError("PROTOCOL", "The answer was discarded")),
      });
    });
    request.end(options.body);
  });
}

interface Reading {
  readonly host: string;
  readonly options: ExchangeOptions;
  late(): void;
  failure(error: unknown): unknown;
}

async function* bodyOf(response: IncomingMessage, reading: Reading): AsyncGenerator<Uint8Array> {
  const { maxBytes, timeoutMs } = reading.options;
  let received = 0;
  // The peer is timed only while we wait for it, not while the reader is busy.
  let waiting = true;
  const pause = setTimeout(() => (waiting ? reading.late() : pause.refresh()), timeoutMs).unref();
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      waiting = false;
      received += chunk.byteLength;
      if (received > maxBytes) throw tooLarge(reading.host, maxBytes);
      yield chunk;
      waiting = true;
      pause.refresh();
    }
  } catch (error) {
    throw reading.failure(error);
  } finally {
    clearTimeout(pause);
    response.destroy();
  }
}

export function tooLarge(host: string, maxBytes: number): OutgoingError {
  return new OutgoingError("TOO_LARGE", `${host} sent more than ${maxBytes} bytes`);
}

function headersOf(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
