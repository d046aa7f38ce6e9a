/** The agent that the official kit is run against. */
import { setTimeout as wait } from "node:timers/promises";
import { type Agent, defineAgent, inputRequired } from "@parley/a2a";
import type { Profile } from "./profiles.js";
import { messageScenarios, scenarioOf, taskScenarios } from "./scenarios.js";

export function tckAgent({ capabilities }: Profile): Agent {
  return defineAgent({
    card: {
      name: "TCK agent",
      description: "Behaves as the scenarios of the official conformance kit say.",
      version: "1.0.0",
      provider: { organization: "Parley", url: "https://example.com/parley" },
      // The kit for 0.3 asks for “data” beside the media types.
      defaultInputModes: ["text/plain", "application/json", "data"],
      defaultOutputModes: ["text/plain", "application/json"],
      capabilities,
    },
    reply: ({ message }) => scenarioOf(messageScenarios, message.messageId),
    async *execute({ message }, { signal }) {
      const steps = scenarioOf(taskScenarios, message.messageId) ?? [inputRequired("What next?")];
      for (const step of steps.slice(0, -1)) {
        if (typeof step === "number") await wait(step, undefined, { signal });
        else yield step;
      }
      const last = steps.at(-1);
      return typeof last === "number" ? undefined : last;
    },
  });
}
