import { artifact, defineAgent } from "@parley/a2a";

/** The agent that the snippets mount. */
export const agent = defineAgent({
  card: { name: "Shout", description: "Says it louder", version: "1.0.0" },
  async *execute({ text }) {
    yield artifact("answer", text.toUpperCase());
  },
});
