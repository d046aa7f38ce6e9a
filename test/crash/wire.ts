/** HTTP+JSON, as text: what was answered is compared byte by byte. */

export interface SentEvent {
  readonly id: number;
  readonly data: string;
}

/** The agent answered, but not with success. */
export class Refusal extends Error {}

const headers = { "a2a-version": "1.0", "content-type": "application/json" };

export class Wire {
  /** Requests that wait for their answer. */
  inFlight = 0;

  constructor(readonly url: string) {}

  /** The body of a whole answer. @throws TypeError when the connection broke; Refusal */
  async call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<string> {
    this.inFlight++;
    try {
      const response = await fetch(this.url + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Refusal(`${method} ${path}: ${response.status} ${text}`);
      return text;
    } finally {
      this.inFlight--;
    }
  }

  /** Gives every whole event as it arrives. @throws as `call` */
  async stream(path: string, body: unknown, take: (event: SentEvent) => void, after?: number): Promise<void> {
    this.inFlight++;
    try {
      const response = await fetch(this.url + path, {
        method: "POST",
        headers: { ...headers, ...(after !== undefined && { "last-event-id": String(after) }) },
        body: JSON.stringify(body),
      });
      if (!response.ok || !response.body) throw new Refusal(`${path}: ${await response.text()}`);
      let rest = "";
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop() as string;
        for (const block of blocks) {
          const [, id, data] = /^id: (\d+)\ndata: (.*)$/s.exec(block) ?? [];
          if (id !== undefined && data !== undefined) take({ id: Number(id), data });
        }
      }
    } finally {
      this.inFlight--;
    }
  }

  /** A task's whole journal, as SubscribeToTask replays it. The task must have ended. */
  async journal(taskId: string): Promise<SentEvent[]> {
    const events: SentEvent[] = [];
    await this.stream(`/tasks/${taskId}:subscribe`, {}, (event) => events.push(event), 0);
    return events;
  }
}
