/** Readers behind a network that breaks and an agent that is killed see the journal, no more and no less. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ClientOptions,
  cardUrl,
  createClient,
  fetchCard,
  type ResponseStream,
  type StreamResponse,
} from "@parley/a2a/client";
import { afterAll, expect, test } from "vitest";
import { cuttingProxy } from "./cutting-proxy.js";
import { ServerProcess } from "./server-process.js";
import { Wire } from "./wire.js";

const folder = mkdtempSync(join(tmpdir(), "parley-cuts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Requests that are not repeated get at least their first event: only then is there something to resume. */
const safe = (request: string) => (/message:stream|SendStreamingMessage/.test(request) ? 2_000 : 0);

class Reader {
  readonly ids: (string | undefined)[] = [];
  readonly events: StreamResponse[] = [];
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
  #begin = () => {};

  constructor(readonly stream: ResponseStream) {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.ended = this.#read();
  }

  async #read(): Promise<void> {
    for await (const event of this.stream) {
      this.events.push(event);
      this.ids.push(this.stream.lastEventId);
      this.#begin();
    }
  }

  get taskId(): string {
    const [first] = this.events;
    return first?.task?.id ?? first?.statusUpdate?.taskId ?? "";
  }
}

test.concurrent.for(["JSONRPC", "HTTP+JSON"] as const)(
  "no gap, no duplicate, in 200 cuts and 5 kills, over %s",
  { timeout: 60_000 },
  async (binding, { onTestFinished }) => {
    const file = join(folder, `${binding.replace("+", "-")}.db`);
    let server = new ServerProcess(file, 0);
    onTestFinished(() => server.kill());
    const url = await server.ready();
    const port = Number(new URL(url).port);
    await using proxy = await cuttingProxy(port, 12_000, safe);

    const card = await fetchCard(cardUrl(url));
    const through = (text: string) => text.replace(`:${port}`, `:${proxy.port}`);
    const interfaces = card.supportedInterfaces.map((one) => ({ ...one, url: through(one.url) }));
    const options: ClientOptions = { bindings: [binding] };
    const direct = createClient(card, options);
    const cut = createClient({ ...card, supportedInterfaces: interfaces }, options);

    const sending = () => new Reader(cut.sendStreamingMessage("flood 150 20"));
    const subscribing = async () => {
      const configuration = { returnImmediately: true };
      const { task } = await direct.sendMessage("flood 150 20", { configuration });
      return new Reader(cut.subscribeToTask({ id: task?.id ?? "" }, { lastEventId: "0" }));
    };
    let kills = 0;
    for (let round = 0; proxy.cuts < 200 || kills < 5; round++) {
      const readers = await Promise.all(
        Array.from({ length: 32 }, (_, i) => (i % 2 ? sending() : subscribing())),
      );
      await Promise.all(readers.map(({ begun, ended }) => Promise.race([begun, ended])));
      if (round > 0) {
        await sleep(Math.random() * 150);
        await server.kill();
        kills++;
        server = new ServerProcess(file, port);
        await server.ready();
      }
      await Promise.all(readers.map((reader) => reader.ended));
      for (const { taskId, ids, events } of readers) {
        const journal = await new Wire(url).journal(taskId);
        expect(ids).toEqual(journal.map(({ id }) => String(id)));
        expect(events).toEqual(journal.map(({ data }) => JSON.parse(data)));
      }
    }
  },
);
