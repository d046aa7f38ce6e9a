import { setTimeout as sleep } from "node:timers/promises";
import { artifact, defineAgent, inputRequired, working } from "@parley/a2a";
import { v0_3 } from "@parley/a2a/compat";
import { serve } from "@parley/a2a/node";

const said = (text) => text.slice(text.indexOf(" ") + 1);
const wordOf = ([{ text = "" } = {}]) => text.split(" ", 1)[0];

const agent = defineAgent({
  card: {
    name: "Interop",
    description: "Does what the first word of a message says",
    version: "1.0.0",
    defaultInputModes: ["*/*"],
    defaultOutputModes: ["*/*"],
  },
  reply: ({ text, parts }) => (wordOf(parts) === "message" ? said(text) : undefined),
  async *execute({ text, parts }, { signal }) {
    switch (wordOf(parts)) {
      case "echo":
        yield artifact("echo", said(text));
        return;
      case "parts":
        yield artifact("parts", parts.slice(1));
        return;
      case "count":
        yield working();
        for (const piece of ["1", "2", "3"]) yield artifact("count", piece, { append: piece !== "1" });
        return;
      case "ask": {
        const answer = yield inputRequired("Which colour?");
        yield artifact("answer", answer.parts[0].text);
        return;
      }
      case "slow":
        yield working();
        for (let tick = 0; ; tick++) {
          await sleep(200, undefined, { signal });
          yield artifact("ticks", ".", { append: tick > 0 });
        }
      default:
        throw new Error("on purpose");
    }
  },
});

const serving = await serve(agent, {
  port: Number(process.env.PORT),
  grpc: { port: Number(process.env.GRPC_PORT) },
  versions: [v0_3],
  // Only authenticated callers get an extended card; here everybody is one.
  authenticator: { schemes: {}, requirements: [], authenticate: () => ({ id: "everybody" }) },
  extendedCard: () => ({ ...serving.card, name: "Interop, extended" }),
});
