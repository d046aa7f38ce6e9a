/** Security schemes, which 0.3 writes as OpenAPI does: a `type` where 1.0 has a member. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import type { SecurityRequirement, SecurityScheme } from "../../protocol/index.js";

/** The member of 1.0 for each `type`. */
const members = {
  apiKey: "apiKeySecurityScheme",
  http: "httpAuthSecurityScheme",
  oauth2: "oauth2SecurityScheme",
  openIdConnect: "openIdConnectSecurityScheme",
  mutualTLS: "mtlsSecurityScheme",
} as const;

/** 1.0 has one flow: the first of these that a scheme of 0.3 has. */
const flowNames = ["authorizationCode", "clientCredentials", "implicit", "password"] as const;

export function writeSchemes(schemes: Readonly<Record<string, SecurityScheme>>): object {
  return mapValues(schemes, writeScheme);
}

/** The members of 1.0 stay beside what 0.3 reads: some of its SDKs know a scheme by them. */
function writeScheme(scheme: SecurityScheme): object {
  for (const [type, member] of Object.entries(members)) {
    const { location, flows, ...same } = asObject(asObject(scheme)[member]);
    if (!Object.hasOwn(scheme, member)) continue;
    return {
      type,
      ...same,
      ...(location !== undefined && { in: location }),
      ...(flows !== undefined && { flows: writeFlows(flows) }),
      ...scheme,
    };
  }
  return scheme;
}

/** 0.3 knows nothing of the device code flow, nor whether PKCE is required. */
function writeFlows(flows: unknown): object {
  const known = Object.entries(asObject(flows)).filter(([name]) => flowNames.some((each) => each === name));
  return Object.fromEntries(
    known.map(([name, flow]) => {
      const { pkceRequired: _, ...same } = asObject(flow);
      return [name, same];
    }),
  );
}

export function readSchemes(value: unknown): unknown {
  return isObject(value) ? mapValues(value, readScheme) : value;
}

function readScheme(value: unknown): unknown {
  if (!isObject(value) || !isType(value.type)) return value;
  const member = members[value.type];
  if (isObject(value[member])) return { [member]: value[member] };
  const { type: _, in: location, flows, ...same } = value;
  return {
    [member]: { ...same, location, ...(flows !== undefined && { flows: readFlows(asObject(flows)) }) },
  };
}

const isType = (type: unknown): type is keyof typeof members =>
  typeof type === "string" && Object.hasOwn(members, type);

function readFlows(flows: Readonly<Record<string, unknown>>): object {
  const name = flowNames.find((each) => flows[each] !== undefined);
  return name === undefined ? {} : { [name]: flows[name] };
}

export function writeRequirements(requirements: readonly SecurityRequirement[]): object[] {
  return requirements.map(({ schemes = {} }) => mapValues(schemes, ({ list = [] }) => list));
}

/** Those of the proto are as in 1.0: their schemes are in a member. */
export function readRequirements(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((each) =>
    isObject(each) && !isObject(each.schemes) ? { schemes: mapValues(each, (list) => ({ list })) } : each,
  );
}

function mapValues<T, R>(from: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]));
}
