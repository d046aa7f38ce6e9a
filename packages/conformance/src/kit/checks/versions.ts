/** Which version a request is in (spec 3.6). */
import { given, nobody, refused, stateOf } from "../answers.js";
import { type Check, ensure, must } from "../check.js";
import type { Probe } from "../probe.js";

export const versionChecks: readonly Check<Probe>[] = [
  must(
    "versions.unsupported",
    "3.6.2",
    "A version that is not spoken is VersionNotSupportedError.",
    async ({ wire }) => {
      refused(
        wire,
        await wire.call("GetTask", { id: nobody() }, { version: "99.0" }),
        "VERSION_NOT_SUPPORTED",
      );
      refused(wire, await wire.call("ListTasks", {}, { version: "99.0" }), "VERSION_NOT_SUPPORTED");
    },
  ),
  must(
    "versions.unsupported-send",
    "3.6.2",
    "Nothing is sent in a version that is not spoken.",
    async (probe) => {
      const answer = await probe.send(probe.says.echo, {}, {}, { version: "99.0" });
      refused(probe.wire, answer, "VERSION_NOT_SUPPORTED");
    },
  ),
  must("versions.patch", "3.6", "A patch number does not matter.", async (probe) => {
    given(await probe.send(probe.says.echo, {}, {}, { version: "1.0.7" }));
  }),
  must(
    "versions.absent",
    "3.6.2",
    "No version means 0.3, in which there are no messages of 1.0.",
    async (probe) => {
      const { id } = await probe.task();
      const { result, exchange } = await probe.wire.call("GetTask", { id }, { version: null });
      // Older versions than 0.3 may be spoken as well, with states of their own.
      const holds = !String(stateOf(result)).startsWith("TASK_STATE_");
      ensure(holds, "VersionNotSupportedError, or an answer in the form of an older version", exchange);
    },
  ),
];
