/** Errors and how they are written, on each binding (spec 3.3.2, 5.4, 9.5, 10.6, 11.6). */
import { type ErrorReason, errorDomain } from "@parley/a2a/protocol";
import { nobody, refused } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import type { Probe } from "../probe.js";
import { fieldsOf, listOf } from "../wire/json.js";
import type { Answer } from "../wire/wire.js";

const unknownTask = (probe: Probe) => probe.wire.call("GetTask", { id: nobody() });

/** A media type that nobody reads. */
const strange = "application/x-conformance-unheard-of";

/** What leads to each error that any agent can be led to. */
const provoked: Partial<Record<ErrorReason, (probe: Probe) => Promise<Pick<Answer, "error" | "exchange">>>> =
  {
    TASK_NOT_FOUND: unknownTask,
    TASK_NOT_CANCELABLE: async (probe) => probe.wire.call("CancelTask", { id: (await probe.endedTask()).id }),
    UNSUPPORTED_OPERATION: async (probe) => probe.send("once more", { taskId: (await probe.endedTask()).id }),
    VERSION_NOT_SUPPORTED: (probe) => probe.wire.call("GetTask", { id: nobody() }, { version: "99.0" }),
    PUSH_NOTIFICATION_NOT_SUPPORTED: (probe) => {
      need(!probe.can("pushNotifications"), "the agent has push notifications");
      return probe.wire.call("ListTaskPushNotificationConfigs", { taskId: nobody() });
    },
    CONTENT_TYPE_NOT_SUPPORTED: (probe) => probe.send("", { parts: [{ text: "?", mediaType: strange }] }),
  };

const codes = Object.entries(provoked).map(([reason, provoke]) =>
  must(
    `errors.code-${reason.toLowerCase().replaceAll("_", "-")}`,
    "5.4",
    `${reason} has its code.`,
    async (probe: Probe) => {
      const { error, exchange } = await provoke(probe);
      need(error !== undefined, "the agent did not answer with an error where this one was to be expected");
      need(error.reason === undefined || error.reason === reason, `the agent answered with ${error.reason}`);
      const code = probe.wire.codeOf(reason as ErrorReason);
      ensure(error.code === code, `${probe.wire.binding} code ${code}`, exchange, `code ${error.code}`);
    },
  ),
);

async function hasErrorInfo(probe: Probe): Promise<void> {
  const { error, exchange } = await unknownTask(probe);
  const holds = error?.reason === "TASK_NOT_FOUND" && error.domain === errorDomain;
  ensure(holds, `an ErrorInfo with reason TASK_NOT_FOUND and domain ${errorDomain}`, exchange);
}

export const errorChecks: readonly Check<Probe>[] = [
  must("errors.message", "3.3.2", "An error has a code and a message for people.", async (probe) => {
    const { error, exchange } = await unknownTask(probe);
    const holds =
      typeof error?.message === "string" && error.message !== "" && typeof error.code === "number";
    ensure(holds, "an error with a code and a message", exchange);
  }),
  must("errors.typed-details", "3.3.2", "Every detail of an error says its @type.", async (probe) => {
    const { error, exchange } = await unknownTask(probe);
    const typed = error?.details.every(
      (detail) => typeof detail["@type"] === "string" && detail["@type"] !== "",
    );
    ensure(error?.wellFormed === true && typed === true, "details that are objects with an @type", exchange);
  }),
  should("errors.info-jsonrpc", "9.5", "A2A errors have an ErrorInfo in error.data.", hasErrorInfo, [
    "JSONRPC",
  ]),
  must("errors.info-http", "11.6", "A2A errors have an ErrorInfo in error.details.", hasErrorInfo, [
    "HTTP+JSON",
  ]),
  must(
    "errors.info-grpc",
    "10.6",
    "A2A errors have an ErrorInfo in the details of the status.",
    hasErrorInfo,
    ["GRPC"],
  ),
  should(
    "errors.bad-request",
    "3.3.2",
    "A refused request is told which field was wrong (BadRequest).",
    async (probe) => {
      const { error, exchange } = await probe.wire.call("SendMessage", {
        message: probe.message("", { parts: [] }),
      });
      need(error !== undefined, "the agent takes messages without parts");
      const named = error.details.some((detail) =>
        String(detail["@type"]).endsWith("/google.rpc.BadRequest"),
      );
      ensure(named, "a google.rpc.BadRequest in the details", exchange);
    },
  ),
  ...codes,
  should(
    "errors.media-type",
    "13.4",
    "A part of a media type that the card does not name is ContentTypeNotSupportedError.",
    async (probe) => {
      const modes = listOf(probe.card["defaultInputModes"]);
      const skills = listOf(probe.card["skills"]).flatMap((skill) => listOf(fieldsOf(skill)["inputModes"]));
      need(
        ![...modes, ...skills].some((mode) => /^(\*|application)\/\*$/.test(String(mode))),
        "the card takes any media type",
      );
      const answer = await probe.send("", { parts: [{ text: "?", mediaType: strange }] });
      refused(probe.wire, answer, "CONTENT_TYPE_NOT_SUPPORTED");
    },
  ),
];
