import { artifact, defineAgent, working } from "@parley/a2a";
import { serve } from "@parley/a2a/node";

const agent = defineAgent({
  card: { name: "Shout", description: "Says it louder", version: "1.0.0" },
  async *execute({ text }) {
    yield working("Taking a breath");
    yield artifact("answer", text.toUpperCase());
  },
});
export const { url, close } = await serve(agent, { port: Number(process.env.PORT ?? 4200) });
