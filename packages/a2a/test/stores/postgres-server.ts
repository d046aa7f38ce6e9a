/** A real PostgreSQL for the tests of this room. */
export { startPostgres } from "@parley/servers";
export { describeWith } from "../with-server.js";
