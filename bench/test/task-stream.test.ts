import { expect, test } from "vitest";
import { sseReader } from "../src/load/sse.js";
import { ChunkSequence } from "../src/load/task-stream.js";
import { WrongAnswer } from "../src/load/wire.js";
import { chunkText } from "../src/servers/contract.js";

const event = (result: object) => JSON.stringify({ jsonrpc: "2.0", id: 1, result });
const chunk = (index: number, count: number, text = chunkText(index, 10)) =>
  event({
    artifactUpdate: {
      artifact: { artifactId: "chunks", parts: [{ text }] },
      append: index > 0,
      lastChunk: index === count - 1,
    },
  });
const completed = event({ statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } } });

function read(...events: string[]): ChunkSequence {
  const sequence = new ChunkSequence(2, 10);
  for (const data of events) sequence.take(data, undefined);
  sequence.ended();
  return sequence;
}

test("chunk texts are numbered and padded to their size", () => {
  expect(chunkText(7, 10)).toBe("7:xxxxxxxx");
});

test("a whole stream passes", () => {
  expect(read(chunk(0, 2), chunk(1, 2), completed).next).toBe(2);
});

test.each([
  ["a missing chunk", [chunk(1, 2), completed]],
  ["a repeated chunk", [chunk(0, 2), chunk(0, 2), chunk(1, 2), completed]],
  ["a chunk of the wrong size", [chunk(0, 2, "0:x"), chunk(1, 2), completed]],
  ["an early end", [chunk(0, 2), completed]],
  ["no end", [chunk(0, 2), chunk(1, 2)]],
  ["an error in between", [chunk(0, 2), JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -32603 } })]],
])("%s is a wrong answer", (_, events) => {
  expect(() => read(...events)).toThrow(WrongAnswer);
});

test("events are read whole however their bytes are cut", () => {
  const bytes = Buffer.from(': hello\n\nid: 1\ndata: {"a":"é"}\n\nid: 2\ndata: x\n\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const events: [string, string | undefined][] = [];
    const reader = sseReader((data, id) => events.push([data, id]));
    reader(bytes.subarray(0, cut));
    reader(bytes.subarray(cut));
    expect(events).toEqual([
      ['{"a":"é"}', "1"],
      ["x", "2"],
    ]);
  }
});
