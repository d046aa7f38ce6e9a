/** An agent with something for every test, online with 1.0 and 0.3. */
import { v0_3 } from "../../src/compat/index.js";
import { type ServeOptions, type Serving, serve } from "../../src/hosts/node/index.js";
import {
  type Agent,
  artifact,
  completed,
  data,
  file,
  inputRequired,
  text,
  url,
  working,
} from "../../src/index.js";
import { createOutgoing } from "../../src/outgoing/index.js";
import { silent } from "../../src/ports/index.js";

/** Does what the first word of the message says. */
export const agent: Agent = {
  card: {
    name: "Versions",
    description: "Speaks several",
    version: "1.0.0",
    defaultInputModes: ["*/*"],
    defaultOutputModes: ["*/*"],
    provider: { organization: "Parley", url: "https://example.com" },
    iconUrl: "https://example.com/icon.png",
    documentationUrl: "https://example.com/docs",
    skills: [{ id: "say", name: "Say", description: "Says it again", tags: ["echo"] }],
  },
  reply: ({ text: said }) => (said.startsWith("message") ? `You said ${said}` : undefined),
  async *execute({ text: said, parts }, { signal }) {
    yield working("On it");
    switch (said.split(" ", 1)[0]) {
      case "ask": {
        const answer = yield inputRequired("Which one?");
        yield artifact("answer", `You chose ${answer.parts[0]?.text}`);
        return;
      }
      case "wait":
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return;
      case "pieces":
        for (const piece of ["a", "b", "c"]) {
          yield artifact("pieces", piece, { append: piece !== "a", lastChunk: piece === "c" });
        }
        return;
      case "kinds":
        yield artifact("kinds", [
          text("some text"),
          data({ rows: [1, 2] }),
          data([1, 2]),
          file("chart.svg", "<svg/>", "image/svg+xml"),
          url("https://example.com/a.csv", { filename: "a.csv", mediaType: "text/csv" }),
        ]);
        return completed("Done");
      case "back":
        yield artifact("back", [...parts]);
        return;
      case "fail":
        throw new Error("on purpose");
      default:
        yield artifact("echo", said);
    }
  },
};

/** Online on loopback; webhooks may go to loopback, too. */
export function online(options: ServeOptions = {}, served: Agent = agent): Promise<Serving> {
  const outgoing = createOutgoing({ allowPrivate: true });
  return serve(served, { log: silent, post: outgoing.post, versions: [v0_3], ...options });
}
