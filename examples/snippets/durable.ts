import { artifact, defineAgent, working } from "@parley/a2a";
import { serve } from "@parley/a2a/node";
import { sqlite } from "@parley/a2a/sqlite";
import { pay } from "./pay.js";

const agent = defineAgent({
  card: { name: "Cashier", description: "Pays what it is told to", version: "1.0.0" },
  resumable: true,
  async *execute({ text }, context) {
    yield working("Paying");
    const receipt = await context.once("pay", (idempotencyKey) => pay(text, idempotencyKey));
    yield artifact("receipt", receipt);
  },
});
const store = sqlite(process.env.TASKS ?? "tasks.db");
export const { url, close } = await serve(agent, { port: Number(process.env.PORT ?? 4205), store });
