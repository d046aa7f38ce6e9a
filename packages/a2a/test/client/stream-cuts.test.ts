/** However a stream is cut, at whatever byte, its reader sees exactly the events of the uncut one. */
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createClient } from "../../src/client/index.js";
import type { StreamResponse } from "../../src/protocol/index.js";
import {
  bindings,
  cardFor,
  chunk,
  collect,
  type Handler,
  type Seen,
  sse,
  startStream,
  statusOf,
  wireServer,
} from "./wire-server.js";

interface Scenario {
  readonly texts: readonly string[];
  /** Where each connection breaks off, as a share of what it has to say; the last connection does not. */
  readonly cuts: readonly number[];
  /** Sizes of the pieces in which bytes are written. */
  readonly pieces: readonly number[];
  readonly newline: string;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  texts: fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { minLength: 1, maxLength: 30 }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  pieces: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
  newline: fc.constantFrom("\n", "\r\n", "\r"),
});

const journalOf = ({ texts }: Scenario): StreamResponse[] => [
  ...texts.map(chunk),
  statusOf("TASK_STATE_COMPLETED"),
];

/** Replays the journal after `Last-Event-ID`, breaking off as the scenario says. */
function journalServer(of: Scenario): Handler {
  const journal = journalOf(of);
  const cuts = [...of.cuts];
  const framed = (request: Seen, event: StreamResponse, seq: number) =>
    sse(request, event, seq).replaceAll("\n", of.newline);
  return async (request, response) => {
    const after = Number(request.headers["last-event-id"]);
    const text = journal.slice(after).map((event, i) => framed(request, event, after + i + 1));
    const all = Buffer.from(text.join(""));
    const cut = cuts.shift();
    const bytes = cut === undefined ? all : all.subarray(0, Math.floor(cut * all.length));
    startStream(response);
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = of.pieces[turn % of.pieces.length] ?? 1;
      response.write(bytes.subarray(at, at + size));
      at += size;
      await setImmediate();
    }
    if (cut === undefined) response.end();
    else response.destroy();
  };
}

describe.each(bindings)("over %s", (binding) => {
  test("no gap, no duplicate, wherever it is cut", { timeout: 60_000 }, async () => {
    const follow = async (of: Scenario) => {
      await using server = await wireServer(journalServer(of));
      const client = createClient(cardFor(server.url, binding));
      const events = await collect(client.subscribeToTask({ id: "t1" }, { lastEventId: "0" }));
      expect(events).toEqual(journalOf(of));
    };
    // Each run waits before it reconnects; side by side they wait together.
    const sideBySide = fc.array(scenario, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sideBySide, async (all) => void (await Promise.all(all.map(follow)))),
      { numRuns: 6 },
    );
  });
});
