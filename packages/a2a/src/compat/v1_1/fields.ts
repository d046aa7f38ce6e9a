/** What the draft of 1.1 adds to messages of 1.0: the table, and the schema with it. */
import { checker, schema as current, type Schema } from "../../codec/index.js";
import type { Field } from "../../protocol/index.js";
import { one, optional } from "../../protocol/schema/field.js";

const generation = "How many events the task has had.";

/** Fields by message and JSON name. */
export const added = {
  SendMessageConfiguration: {
    ifGenerationMatch: one(
      5,
      "int64",
      "The generation the task must have for the message to be taken.",
      optional,
    ),
  },
  GetTaskRequest: {
    currentGeneration: one(4, "int64", "The answer waits until the task is past this generation.", optional),
  },
  Task: { generation: one(7, "int64", generation) },
  TaskStatusUpdateEvent: { generation: one(5, "int64", generation) },
  TaskArtifactUpdateEvent: { generation: one(7, "int64", generation) },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

const more: Readonly<Record<string, Readonly<Record<string, Field>>>> = added;

export const schema: Schema = {
  ...current,
  messages: Object.fromEntries(
    Object.entries(current.messages).map(([name, message]) => [
      name,
      { ...message, fields: { ...message.fields, ...more[name] } },
    ]),
  ),
};

export const check = checker(schema);
