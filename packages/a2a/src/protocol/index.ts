/**
 * What A2A 1.0 is, as data: the schema and the types made from it, the operations table and the
 * errors table. Every other room reads from here; this room imports nothing.
 */
export * from "./errors.js";
export * from "./extensions.js";
export * from "./lifecycle.js";
export * from "./media-types.js";
export * from "./operations.js";
export * from "./schema/index.js";
export type * from "./types.gen.js";
export * from "./version.js";
