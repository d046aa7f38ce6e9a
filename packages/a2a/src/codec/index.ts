/**
 * ProtoJSON, checked: parsed JSON goes in, a message of the schema in normal form comes out, or
 * every violation with its field path. Bindings call it at the edge, the client on every answer,
 * the server on its own card; it reads the schema and calls nothing else. No code is generated at
 * run time, so it works where `eval` is forbidden (docs/decisions/0002-json-checks.md).
 */
export { decodeBase64, encodeBase64, normalizeBase64 } from "./base64.js";
export { canonicalCard, canonicalJson } from "./canonical.js";
export { type Check, type CheckOptions, type CheckResult, check, checker, tryCheck } from "./check.js";
export { paramsToJson } from "./params.js";
export { type CheckMode, violationLimit } from "./reader.js";
export { type Schema, schema } from "./shapes.js";
export { normalizeTimestamp } from "./timestamp.js";
