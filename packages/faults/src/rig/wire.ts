/** HTTP+JSON to one node, as text: what was answered is compared byte by byte. */
import { Agent, type IncomingMessage, request as requestOf } from "node:http";
import { text } from "node:stream/consumers";

export interface SentEvent {
  readonly id: number;
  /** The event's JSON. */
  readonly data: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** The node answered, but not with success. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`${answer.status} ${answer.body}`);
  }
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** On a connection of its own. */
  readonly fresh?: boolean;
  /** How long to wait for the answer; a minute unless told. */
  readonly timeoutMillis?: number;
}

export interface StreamOptions {
  /** Only events after this one. */
  readonly after?: number | undefined;
  /** Characters after which the connection is broken, in the middle of whatever comes then. */
  readonly budget?: number | undefined;
  /** Breaks the connection when no event came for so long: heartbeats are no news. */
  readonly patienceMillis: number;
  readonly take: (event: SentEvent) => void;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** @throws Error when there is no whole answer */
export async function call(
  port: number,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Answer> {
  const response = await head(port, method, path, body, options);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** As `call`. @returns the body of a successful answer @throws Refusal */
export async function ask(...request: Parameters<typeof call>): Promise<string> {
  const answer = await call(...request);
  if (answer.status >= 300) throw new Refusal(answer);
  return answer.body;
}

/** Gives every whole event as it arrives. @throws Refusal; Error when the connection broke */
export async function stream(
  port: number,
  path: string,
  body: unknown,
  options: StreamOptions,
): Promise<void> {
  const { after, take, patienceMillis } = options;
  const headers: Record<string, string> = after === undefined ? {} : { "last-event-id": String(after) };
  const response = await head(port, "POST", path, body, { headers, timeoutMillis: patienceMillis });
  if (response.statusCode !== 200) {
    const answer = {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    };
    throw new Refusal(answer);
  }
  const quiet = setTimeout(
    () => response.destroy(new Error(`No event came for ${patienceMillis} ms`)),
    patienceMillis,
  );
  try {
    let rest = "";
    let budget = options.budget ?? Number.POSITIVE_INFINITY;
    for await (const piece of response.setEncoding("utf8") as AsyncIterable<string>) {
      const blocks = (rest + piece.slice(0, budget)).split("\n\n");
      rest = blocks.pop() as string;
      for (const block of blocks) {
        const [, id, data] = /^id: (\d+)\ndata: (.*)$/s.exec(block) ?? [];
        if (id === undefined || data === undefined) continue;
        quiet.refresh();
        take({ id: Number(id), data });
      }
      budget -= piece.length;
      if (budget <= 0) return void response.destroy();
    }
  } finally {
    clearTimeout(quiet);
  }
}

function head(
  port: number,
  method: string,
  path: string,
  body: unknown,
  { headers, fresh = false, timeoutMillis = 60_000 }: CallOptions,
): Promise<IncomingMessage> {
  const content = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = requestOf(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        agent: fresh ? false : agent,
        headers: {
          "a2a-version": "1.0",
          "content-type": "application/json",
          "content-length": Buffer.byteLength(content),
          ...headers,
        },
      },
      resolve,
    );
    sent.setTimeout(timeoutMillis, () => sent.destroy(new Error(`Nothing came for ${timeoutMillis} ms`)));
    sent.on("error", reject);
    sent.end(content);
  });
}
