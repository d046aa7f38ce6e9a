/** One card for readers who did not say which version they speak. */

/**
 * The card of 1.0 with what the cards of older versions have besides: members are added at every depth, lists of equal
 * length are merged item by item, and where two say different things the first one stands.
 */
export function mergeCards(card: object, older: readonly object[]): object {
  return older.reduce((merged, each) => merge(merged, each) as object, card);
}

function merge(own: unknown, other: unknown): unknown {
  if (Array.isArray(own) && Array.isArray(other)) {
    return own.length === other.length ? own.map((item, i) => merge(item, other[i])) : own;
  }
  if (!isMembers(own) || !isMembers(other)) return own;
  const merged = { ...other, ...own };
  for (const key of Object.keys(other))
    if (Object.hasOwn(own, key)) merged[key] = merge(own[key], other[key]);
  return merged;
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
