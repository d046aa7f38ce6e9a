/**
 * Parley on PostgreSQL, for any number of nodes: `postgres(url)` is the store that they share, `postgresBus(url)` lets
 * them tell each other news without a further server. Needs the package pg.
 */
export { type PostgresBusOptions, postgresBus } from "./buses/postgres/index.js";
export * from "./stores/postgres/index.js";
