/** Whether anybody is there: the checks that all others of an interface wait for (spec 8.3.1). */
import { nobody } from "../answers.js";
import { type Check, ensure, must } from "../check.js";
import type { Probe } from "../probe.js";
import type { OldProbe } from "../probe-old.js";
import { isFields } from "../wire/json.js";
import type { V0_1Probe } from "./v0_1.js";
import type { V0_3Probe } from "./v0_3.js";

const gate = "the interface does not answer";

/** gRPC: no such service. */
const unimplemented = 12;

export const interfaceCheck: Check<Probe> = {
  ...must(
    "interfaces.answers",
    "8.3.1",
    "The interface is there, with the binding that the card says.",
    async ({ wire }) => {
      const { result, error, exchange } = await wire.call("GetTask", { id: nobody() });
      const holds =
        error === undefined
          ? isFields(result) && Object.keys(result).length > 0
          : wire.binding === "GRPC"
            ? error.code !== unimplemented
            : typeof error.code === "number" && error.message !== undefined;
      ensure(holds, `an answer of A2A over ${wire.binding}`, exchange);
    },
  ),
  gate,
};

export const oldInterfaceCheck: Check<V0_3Probe> = {
  ...must(
    "v0_3.answers",
    "5.6.2",
    "The interface is there, with the transport that the card says.",
    (probe) => answers(probe, "0.3"),
  ),
  gate,
};

export const firstInterfaceCheck: Check<V0_1Probe> = {
  ...must("v0_1.answers", "5.5", "The service is there, at the URL that the card says.", (probe) =>
    answers(probe, "0.1"),
  ),
  gate,
};

async function answers({ wire }: OldProbe, version: string): Promise<void> {
  const { error, exchange } = await wire.call("tasks/get", { id: nobody() });
  const absent = wire.binding === "GRPC" && error?.code === unimplemented;
  const holds = typeof error?.code === "number" && !absent && error.readable !== false;
  ensure(holds, `an answer of A2A ${version} over ${wire.binding}`, exchange);
}
