// The agent that things go wrong for: the public API, a SQLite file, and work of every kind.
// Arguments: the database file, the port. Says on standard output where it listens.
import { setTimeout as sleep } from "node:timers/promises";
import { artifact, defineAgent, inputRequired, working } from "@parley/a2a";
import { serve } from "@parley/a2a/node";
import { sqlite } from "@parley/a2a/sqlite";

const [file, port] = process.argv.slice(2);

const kinds = {
  async *echo(text) {
    yield working("Thinking");
    await sleep(Math.random() * 20);
    yield artifact("echo", text);
  },
  async *stream(text) {
    yield working("Counting");
    const chunks = 1 + Math.floor(Math.random() * 30);
    for (let i = 0; i < chunks; i++) {
      yield artifact("chunks", `${i} of ${text};`, { append: i > 0, lastChunk: i === chunks - 1 });
      if (i % 4 === 0) await sleep(Math.random() * 10);
    }
  },
  /** As many chunks of as many characters as the text says. */
  async *flood(text) {
    const [, chunks, size] = text.split(" ").map(Number);
    yield working("Flooding");
    for (let i = 0; i < chunks; i++) {
      yield artifact("chunks", `${i}:`.padEnd(size, "x"), { append: i > 0, lastChunk: i === chunks - 1 });
      if (size < 1000 && i % 4 === 0) await sleep(2);
    }
  },
  async *ask(text) {
    const answer = yield inputRequired(`What about ${text}?`);
    yield* kinds.answer(answer.parts[0].text);
  },
  /** The process that asked may be gone: then its answer begins a run of its own. */
  async *answer(text) {
    yield working("Thanks");
    await sleep(Math.random() * 10);
    yield artifact("answer", text);
  },
  async *hold(_, { signal }) {
    yield working("Holding");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
};

const agent = defineAgent({
  card: { name: "Mortal", description: "Dies often", version: "1.0.0" },
  execute: (request, context) => kinds[request.text.split(" ")[0]](request.text, context),
});
const { url } = await serve(agent, {
  port: Number(port),
  store: sqlite(file),
  // Webhooks go nowhere unless they are what is tested: then only that their configurations survive is.
  ...(process.env.CRASH_WEBHOOKS
    ? { webhooks: { schedule: Array(1000).fill(20) } }
    : { post: async () => ({ status: 204 }) }),
});
console.log(url);
