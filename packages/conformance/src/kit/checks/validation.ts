/** Messages that are wrong, and some that only look so (spec 3.3.2, 5.7). */
import { given, nobody, refused, rejected } from "../answers.js";
import { type Check, must, should } from "../check.js";
import type { Probe } from "../probe.js";

/** A message with something wrong in it is refused. */
const refusedMessage = (
  id: string,
  says: string,
  change: (message: Record<string, unknown>) => object,
): Check<Probe> =>
  should(`validation.${id}`, "5.7", says, async (probe) => {
    const message = change({ ...probe.message(probe.says.echo) });
    rejected(probe.wire, await probe.wire.call("SendMessage", { message }), "what is wrong with the message");
  });

export const validationChecks: readonly Check<Probe>[] = [
  should("validation.no-message", "5.7", "A request without its message is refused.", async ({ wire }) => {
    rejected(wire, await wire.call("SendMessage", {}), "that there is no message");
  }),
  refusedMessage("no-parts", "A message without parts is refused.", ({ parts: _, ...rest }) => rest),
  refusedMessage("empty-parts", "A message with an empty list of parts is refused.", (message) => ({
    ...message,
    parts: [],
  })),
  refusedMessage("no-message-id", "A message without an id is refused.", ({ messageId: _, ...rest }) => rest),
  refusedMessage("no-role", "A message without a role is refused.", ({ role: _, ...rest }) => rest),
  refusedMessage("empty-part", "A part without content is refused.", (message) => ({
    ...message,
    parts: [{ metadata: {} }],
  })),
  {
    ...refusedMessage("two-contents", "A part with two contents is refused.", (message) => ({
      ...message,
      parts: [{ text: "one", url: "https://example.com/" }],
    })),
    section: "4.1.6",
    on: ["JSONRPC", "HTTP+JSON"],
  },
  must(
    "validation.wrong-type",
    "3.3.2",
    "A field of another type is refused.",
    async (probe) => {
      const message = { ...probe.message(probe.says.echo), parts: "text" };
      rejected(probe.wire, await probe.wire.call("SendMessage", { message }), "that parts is a list");
    },
    ["JSONRPC", "HTTP+JSON"],
  ),
  should(
    "validation.unknown-enum",
    "3.3.2",
    "A role that there is not is refused.",
    async (probe) => {
      const message = { ...probe.message(probe.says.echo), role: "ROLE_SPECTATOR" };
      rejected(probe.wire, await probe.wire.call("SendMessage", { message }), "that there is no such role");
    },
    ["JSONRPC", "HTTP+JSON"],
  ),
  should(
    "validation.unknown-fields",
    "5.7",
    "Fields that are not known are ignored.",
    async (probe) => {
      given(await probe.send(probe.says.echo, { colour: "green" }, { weather: { rain: true } }));
    },
    ["JSONRPC", "HTTP+JSON"],
  ),
  must(
    "validation.unknown-task",
    "3.4.2",
    "A message to a task that does not exist is TaskNotFoundError.",
    async (probe) => {
      refused(probe.wire, await probe.send(probe.says.echo, { taskId: nobody() }), "TASK_NOT_FOUND");
    },
  ),
  must(
    "validation.ended-task",
    "3.1.1",
    "A message to a task that has ended is UnsupportedOperationError.",
    async (probe) => {
      const { id } = await probe.endedTask();
      refused(probe.wire, await probe.send("once more", { taskId: id }), "UNSUPPORTED_OPERATION");
    },
  ),
];
