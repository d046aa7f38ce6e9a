/**
 * The routes of the operations table, read in both directions: the client builds a path from a request,
 * the server finds the operation of a path (spec 5.3, 11.3; google.api.http of the proto).
 */
import {
  A2AError,
  type HttpRoute,
  type HttpVerb,
  invalidField,
  type Operation,
  operations,
} from "../../protocol/index.js";

/** What a path says. */
export interface RouteMatch {
  readonly operation: Operation;
  /** The `/{tenant}` prefix, decoded. */
  readonly tenant: string | undefined;
  /** Request fields of the path by name, decoded. */
  readonly fields: Readonly<Record<string, string>>;
}

/** One segment of a route: a text, or a request field with a fixed ending (`{id}:cancel`). */
type Segment = string | { readonly field: string; readonly suffix: string };

interface CompiledRoute {
  readonly operation: Operation;
  readonly verb: HttpVerb;
  readonly segments: readonly Segment[];
}

/** Routes with a fixed ending come first, so that `/tasks/1:subscribe` is not the task "1:subscribe". */
const table: readonly CompiledRoute[] = Object.values<Operation>(operations)
  .flatMap((operation) =>
    operation.routes.map(({ verb, path }) => ({ operation, verb, segments: compile(path) })),
  )
  .sort((a, b) => endings(b.segments) - endings(a.segments));

function compile(path: string): Segment[] {
  return path
    .slice(1)
    .split("/")
    .map((segment) => {
      const [, field, suffix] = /^\{(\w+)\}(.*)$/.exec(segment) ?? [];
      return field === undefined || suffix === undefined ? segment : { field, suffix };
    });
}

/** Paths without fields need no search. */
const fixed: ReadonlyMap<string, RouteMatch> = new Map(
  table
    .filter(({ segments }) => segments.every((segment) => typeof segment === "string"))
    .map(({ operation, verb, segments }) => [
      `${verb} /${segments.join("/")}`,
      { operation, tenant: undefined, fields: {} },
    ]),
);

function endings(segments: readonly Segment[]): number {
  return segments.filter((segment) => typeof segment !== "string" && segment.suffix !== "").length;
}

/**
 * The operation of a path, below the interface's URL. Unprefixed routes win over those below `/{tenant}`.
 *
 * @param path As sent, percent escapes intact.
 * @throws A2AError METHOD_NOT_FOUND; METHOD_NOT_ALLOWED with the verbs the path has in `metadata.allow`;
 * INVALID_REQUEST for percent escapes that are not UTF-8.
 */
export function matchRoute(verb: string, path: string): RouteMatch {
  const known = fixed.get(`${verb} ${path}`);
  if (known !== undefined) return known;
  const segments = path.slice(1).split("/");
  const allowed = new Set<string>();
  for (const prefix of [0, 1]) {
    for (const route of table) {
      if (!fits(route.segments, segments, prefix)) continue;
      if (route.verb !== verb) allowed.add(route.verb);
      else return read(route, segments, prefix);
    }
  }
  if (allowed.size === 0) throw new A2AError("METHOD_NOT_FOUND", "Nothing is served at this path");
  const allow = [...allowed].sort().join(", ");
  throw new A2AError("METHOD_NOT_ALLOWED", `This path takes ${allow}`, { metadata: { allow } });
}

function fits(route: readonly Segment[], segments: readonly string[], prefix: number): boolean {
  if (segments.length !== route.length + prefix || segments[0] === "") return false;
  return route.every((expected, i) => {
    const segment = segments[i + prefix] as string;
    if (typeof expected === "string") return segment === expected;
    return segment.length > expected.suffix.length && segment.endsWith(expected.suffix);
  });
}

function read(
  { operation, segments: route }: CompiledRoute,
  segments: readonly string[],
  prefix: number,
): RouteMatch {
  const fields: Record<string, string> = {};
  route.forEach((expected, i) => {
    if (typeof expected === "string") return;
    const segment = segments[i + prefix] as string;
    fields[expected.field] = decode(segment.slice(0, segment.length - expected.suffix.length));
  });
  return { operation, tenant: prefix === 1 ? decode(segments[0] as string) : undefined, fields };
}

/** @throws A2AError INVALID_REQUEST for percent escapes that are not UTF-8 */
export function decode(text: string, where: "path" | "query" = "path"): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new A2AError("INVALID_REQUEST", `The ${where} has percent escapes that are not UTF-8`);
  }
}

/** A request on a route: its path, and the fields that the path does not carry. */
export interface RoutedRequest {
  readonly verb: HttpVerb;
  /** Below the interface's URL, with the `/{tenant}` prefix when the request names a tenant. */
  readonly path: string;
  /** They travel in the body of a POST and in the query of anything else (`toQuery`). */
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * Puts a request on a route.
 *
 * @param route One of the operation's routes; the first if not told.
 * @throws A2AError INVALID_PARAMS naming a field that the path needs and the request lacks, or that no path can carry.
 */
export function toRoute(
  operation: Operation,
  request: object,
  route: HttpRoute = operation.routes[0],
): RoutedRequest {
  const { tenant, ...rest }: Record<string, unknown> = { ...request };
  const path = route.path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const segment = encode(field, rest[field]);
    delete rest[field];
    return segment;
  });
  const { verb } = route;
  if (tenant === undefined || tenant === "") return { verb, path, rest };
  const prefixed = `/${encode("tenant", tenant)}${path}`;
  // A tenant named "tasks" would be read as `/tasks/{id}`; unprefixed routes take it as a field.
  if (matchRoute(verb, prefixed).tenant === undefined) return { verb, path, rest: { ...rest, tenant } };
  return { verb, path: prefixed, rest };
}

function encode(field: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidField(field, "required");
  // URLs drop dot segments, escaped or not.
  if (value === "." || value === "..") throw invalidField(field, "cannot be sent in a path");
  try {
    return encodeURIComponent(value);
  } catch {
    throw invalidField(field, "is not well-formed text");
  }
}

/**
 * Fields as a query string without its question mark; lists repeat the name (spec 11.5).
 * @throws A2AError INVALID_PARAMS for an object: queries cannot carry one.
 */
export function toQuery(fields: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === undefined || item === null) continue;
      if (typeof item === "object") throw invalidField(field, "cannot be sent in a query");
      query.append(field, String(item));
    }
  }
  return query.toString();
}
