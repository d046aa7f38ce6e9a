/** JSON of strangers: anything may be missing or of another type. */

export interface Fields {
  readonly [name: string]: unknown;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of an object; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The elements of an array; none where it is no array. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is at the end of the names, one inside the other. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inside, name) => fieldsOf(inside)[name], value);
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
