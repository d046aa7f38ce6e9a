/** Names of fields and values as they stand in JSON (spec 5.5, 5.6.1). */
import { enums, type MessageName, messages, protoName } from "@parley/a2a/protocol";
import { fieldsOf, isFields } from "./json.js";

/** Every field of a message, where it stands and what it holds; what the schema does not know is passed over. */
function* fieldsIn(
  name: string,
  value: unknown,
  path: string,
): Generator<{ path: string; type: string; value: unknown; spelled: string }> {
  for (const [key, field] of Object.entries(messages[name]?.fields ?? {})) {
    for (const spelled of new Set([key, protoName(key)])) {
      const held = fieldsOf(value)[spelled];
      if (held === undefined) continue;
      const values = field.map ? Object.values(fieldsOf(held)) : Array.isArray(held) ? held : [held];
      for (const each of values) {
        yield { path: `${path}${spelled}`, type: field.type, value: each, spelled };
        if (isFields(each)) yield* fieldsIn(field.type, each, `${path}${spelled}.`);
      }
    }
  }
}

/** Fields that are spelled as in the proto file. */
export function snakeNames(message: MessageName, value: unknown): string[] {
  const found = [...fieldsIn(message, value, "")].filter(({ spelled }) => spelled.includes("_"));
  return [...new Set(found.map(({ path }) => path))];
}

/** Values of enums that are not the names of the proto file. */
export function strangeEnums(message: MessageName, value: unknown): string[] {
  return [...fieldsIn(message, value, "")].flatMap(({ path, type, value: held }) => {
    const known = enums[type]?.values;
    return known === undefined || (typeof held === "string" && held in known)
      ? []
      : [`${path}: ${JSON.stringify(held)}`];
  });
}

/** Timestamps as they are written. */
export function timestampsIn(message: MessageName, value: unknown): { path: string; value: unknown }[] {
  return [...fieldsIn(message, value, "")].filter(({ type }) => type === "timestamp");
}
