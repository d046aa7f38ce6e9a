/** The fetch host against callers that go away at odd moments. */
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createHttpHandler } from "../../src/bindings/index.js";
import type { EventSink, EventStream } from "../../src/dispatch/contract.js";
import { fetchHandler } from "../../src/hosts/fetch.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";

const headers = { "content-type": "application/json", "a2a-version": "1.0" };

class Stream implements EventStream {
  readonly extensions = [];
  sink: EventSink | undefined;
  cancelled = 0;
  start(sink: EventSink): void {
    this.sink = sink;
  }
  resume(): void {}
  cancel(): void {
    this.cancelled++;
  }
}

function streaming() {
  const dispatcher = new ScriptedDispatcher();
  const stream = new Stream();
  dispatcher.stream = async () => stream;
  const handle = fetchHandler({ handle: createHttpHandler({ dispatcher, card: () => ({}) as never }) });
  const request = (signal?: AbortSignal) =>
    new Request("http://a.test/tasks/t:subscribe", { method: "POST", headers, ...(signal && { signal }) });
  return { stream, handle, request, ask: (signal: AbortSignal) => handle(request(signal)) };
}

describe("a stream is given up", () => {
  it("when its request was aborted before it began", async () => {
    const { stream, ask } = streaming();
    const gone = new AbortController();
    const asking = ask(gone.signal);
    gone.abort();
    await asking;
    expect(stream.cancelled).toBe(1);
  });

  it("once, when its request is aborted and its body cancelled", async () => {
    const { stream, ask } = streaming();
    const gone = new AbortController();
    const { body } = await ask(gone.signal);
    gone.abort();
    await body?.cancel();
    expect(stream.cancelled).toBe(1);
    expect(stream.sink?.send([{ seq: 1, json: "{}" }])).toBe(false);
    stream.sink?.end();
    stream.sink?.cut();
  });

  it("and lets go of its request, when its body is cancelled", async () => {
    const { stream, handle, request } = streaming();
    const asked = request();
    const before = getEventListeners(asked.signal, "abort").length;
    const { body } = await handle(asked);
    expect(getEventListeners(asked.signal, "abort")).toHaveLength(before + 1);
    await body?.cancel();
    expect(stream.cancelled).toBe(1);
    expect(getEventListeners(asked.signal, "abort")).toHaveLength(before);
  });
});
