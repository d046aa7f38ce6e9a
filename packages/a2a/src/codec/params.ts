/** Requests that come as path and query parameters (spec 11.5). */
import type { MessageName } from "../protocol/index.js";
import { Kind, shapeOf } from "./shapes.js";

/**
 * Builds a message from string parameters, to be checked like a body. Unknown and empty parameters
 * are ignored; of a parameter given twice the last counts, for lists all do, also with commas.
 */
export function paramsToJson(
  name: MessageName,
  params: Iterable<readonly [string, string]>,
): Record<string, unknown> {
  const { byName } = shapeOf(name);
  const message: Record<string, unknown> = {};
  for (const [key, text] of params) {
    const slot = byName.get(key);
    if (slot === undefined || text === "") continue;
    if (slot.field.list) {
      const earlier = (message[slot.name] as unknown[] | undefined) ?? [];
      message[slot.name] = [...earlier, ...text.split(",")];
    } else {
      message[slot.name] = slot.kind === Kind.bool ? (booleans.get(text) ?? text) : text;
    }
  }
  return message;
}

const booleans = new Map([
  ["true", true],
  ["false", false],
]);
