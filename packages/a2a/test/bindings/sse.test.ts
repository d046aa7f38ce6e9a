import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SseStream } from "../../src/bindings/sse.js";
import type { EventSink, EventStream } from "../../src/dispatch/contract.js";

/** Both ends of a stream in hand: what the engine does on one, what the socket sees on the other. */
function wired() {
  const written: string[] = [];
  const seen: string[] = [];
  let sink: EventSink | undefined;
  let free = true;
  const events: EventStream = {
    extensions: [],
    start: (given) => {
      sink = given;
    },
    resume: () => seen.push("resume"),
    cancel: () => seen.push("cancel"),
  };
  const stream = new SseStream(events, { before: "<", after: ">", error: () => "!" });
  const writer = {
    write: (chunk: string) => {
      written.push(chunk);
      return free;
    },
    end: () => written.push("END"),
    destroy: () => written.push("DESTROY"),
  };
  stream.start(writer);
  return { stream, written, seen, sink: sink as unknown as EventSink, setFree: (to: boolean) => (free = to) };
}

describe("SseStream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("carries the header out at once, and one write per send", () => {
    const { written, sink } = wired();
    expect(written).toEqual([":\n\n"]);
    sink.send([
      { seq: 1, json: "a" },
      { seq: 2, json: "b" },
    ]);
    expect(written.slice(1)).toEqual(["id: 1\ndata: <a>\n\nid: 2\ndata: <b>\n\n"]);
    sink.end();
  });

  it("tells a full writer to the sender, and resumes it when drained", () => {
    const { stream, seen, sink, setFree } = wired();
    setFree(false);
    expect(sink.send([{ seq: 1, json: "a" }])).toBe(false);
    setFree(true);
    stream.drained();
    expect(seen).toEqual(["resume"]);
    expect(sink.send([{ seq: 2, json: "b" }])).toBe(true);
    sink.end();
  });

  it("sends a comment every 15 s, but not into a full connection, and none after the end", () => {
    const { stream, written, seen, sink, setFree } = wired();
    vi.advanceTimersByTime(30_000);
    expect(written).toEqual([":\n\n", ":\n\n", ":\n\n"]);
    setFree(false);
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(4);
    setFree(true);
    stream.drained();
    // The sender was never told to wait, so nothing is to be resumed.
    expect(seen).toEqual([]);
    sink.end();
    vi.advanceTimersByTime(60_000);
    expect(written.slice(4)).toEqual(["END"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("uses one timer for all streams", () => {
    const streams = Array.from({ length: 100 }, wired);
    expect(vi.getTimerCount()).toBe(1);
    for (const { stream } of streams) stream.cancelled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("writes nothing after the reader is gone, and tells the sender once", () => {
    const { stream, written, seen, sink } = wired();
    stream.cancelled();
    expect(sink.send([{ seq: 1, json: "a" }])).toBe(false);
    sink.end();
    stream.cancelled();
    expect(written).toEqual([":\n\n"]);
    expect(seen).toEqual(["cancel"]);
  });

  it("cuts without an end", () => {
    const { stream, written, seen, sink } = wired();
    sink.cut();
    stream.cancelled();
    expect(written).toEqual([":\n\n", "DESTROY"]);
    expect(seen).toEqual([]);
  });
});
