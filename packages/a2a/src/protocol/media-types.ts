/** Media types as cards and requests name them: `text/plain`, `text/*`, `*\/*`, parameters ignored, any case. */

/** Whether one of the ranges covers the media type. */
export function acceptsMediaType(ranges: readonly string[], mediaType: string): boolean {
  const wanted = essence(mediaType);
  return ranges.some((range) => covers(essence(range), wanted));
}

/** Whether two lists of ranges have a media type in common. */
export function mediaTypesOverlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((x) => b.some((y) => covers(essence(x), essence(y)) || covers(essence(y), essence(x))));
}

function covers(range: string, mediaType: string): boolean {
  if (range === "*/*" || range === "*" || range === mediaType) return true;
  return range.endsWith("/*") && mediaType.startsWith(range.slice(0, -1));
}

function essence(mediaType: string): string {
  const end = mediaType.indexOf(";");
  return (end < 0 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}
