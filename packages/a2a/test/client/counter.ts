/** An agent that counts, asks, holds on and answers at once: what a client can meet. */
import { textOf } from "../../src/client/index.js";
import { artifact, completed, defineAgent, inputRequired, text, working } from "../../src/index.js";

export const counter = defineAgent({
  card: {
    name: "Counter",
    description: "Counts",
    version: "1",
    defaultInputModes: ["text/plain", "application/json"],
    skills: [{ id: "count", name: "Count", description: "Counts", tags: ["count"] }],
  },
  async *execute(request, context) {
    if (request.text === "hold") {
      yield working("holding");
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      return;
    }
    if (request.text === "ask")
      yield artifact("answer", [text(`Hello ${textOf(yield inputRequired("Who?"))}`)]);
    const bulk = request.text.startsWith("bulk");
    const count = Number(/\d+/.exec(request.text)?.[0] ?? 0);
    for (let i = 0; i < count; i++) {
      yield artifact("numbers", `${i} ${bulk ? " ".repeat(4_000) : ""}`, { append: i > 0 });
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return completed("done");
  },
  reply: (request) => (request.text === "ping" ? "pong" : undefined),
});
