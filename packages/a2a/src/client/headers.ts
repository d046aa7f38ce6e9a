/** Header fields of one request. */

/** All fields by lower-case name; later ones win. */
export function mergeHeaders(
  ...fields: readonly (Readonly<Record<string, string | undefined>> | undefined)[]
): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [name, value] of fields.flatMap((each) => Object.entries(each ?? {}))) {
    if (value !== undefined) merged[name.toLowerCase()] = value;
  }
  return merged;
}

/** Text as `fetch` takes it for a field of bytes, as Last-Event-ID is (WHATWG HTML 9.2.4). */
export function inUtf8(text: string | undefined): string | undefined {
  return text && String.fromCharCode(...new TextEncoder().encode(text));
}
