/** From the spawn of the process to its first answered agent card. */
import { timeStart } from "../harness/running-agent.js";
import { once } from "../load/drive.js";
import { expect, get } from "../load/wire.js";
import type { SpawningRow } from "./row.js";

export const start: SpawningRow = {
  kind: "spawning",
  id: "start",
  title: "start to first card",
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "floor"],
  metrics: [
    {
      id: "time",
      title: "spawn to card",
      unit: "ms",
      targets: [{ ratioTo: "floor", bound: "at most", value: 1.5 }],
    },
  ],
  rounds: 9,
  measure: async (spec, _scale, around) => ({
    time: await timeStart(spec, around, async ({ card }) => {
      const answer = (await once(card, get(card))) as { name?: string };
      expect(typeof answer.name === "string", "expected an agent card", answer);
    }),
  }),
};
