/**
 * The schema: every message and enum of `lf.a2a.v1`, field by field, as data (spec 4).
 * The TypeScript types (types.gen.ts), the JSON checks of the codec room and the canonical
 * form of cards are all read from it. It calls nothing; a test compares it with spec/a2a.proto.
 */
import { cardMessages } from "./cards.js";
import type { EnumSchema, MessageSchema } from "./field.js";
import { requestMessages } from "./requests.js";
import { securityMessages } from "./security.js";
import { taskEnums, taskMessages } from "./tasks.js";

export { type EnumSchema, type Field, type MessageSchema, protoName, type Scalar } from "./field.js";

/** Every enum, by name. */
export const enums: Readonly<Record<string, EnumSchema>> = taskEnums;

/** Every message, by name. */
export const messages: Readonly<Record<string, MessageSchema>> = {
  ...taskMessages,
  ...requestMessages,
  ...cardMessages,
  ...securityMessages,
};
