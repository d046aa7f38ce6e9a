/** Agents of ours that the kit is tried on: together they give every check its opportunity. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Agent,
  artifact,
  type CardDraft,
  completed,
  defineAgent,
  inputRequired,
  working,
} from "@parley/a2a";

const card = (capabilities: CardDraft["capabilities"] = {}): CardDraft => ({
  name: "Echo",
  description: "Says what it hears.",
  version: "1.0.0",
  skills: [{ id: "echo", name: "Echo", description: "Says what it hears.", tags: ["echo"] }],
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  capabilities,
});

/** What the agents understand beside what they repeat. */
export const words = { ask: "ask me", slow: "work slowly" };

/** Answers with tasks; can be made to ask and to take its time. */
export const tasks = (capabilities?: CardDraft["capabilities"]): Agent =>
  defineAgent({
    card: card(capabilities),
    async *execute({ text }, { signal }) {
      if (text === words.ask) {
        yield inputRequired("Which colour?");
        return;
      }
      yield working("Listening");
      if (text === words.slow) await sleep(800, undefined, { signal });
      for (const [i, word] of text.split(" ").entries()) yield artifact("echo", word, { append: i > 0 });
      yield completed("That was all");
    },
  });

/** Answers with messages. */
export const messages = (): Agent =>
  defineAgent({ card: card(), reply: ({ text }) => text, async *execute() {} });
