/**
 * Real servers on loopback ports, each in a folder of its own that goes away with it: PostgreSQL, NATS, and a TCP
 * proxy that can be cut. Tests, fault scripts and `npm run cluster` start them; the binaries are those that are
 * installed on the machine (`test/services.sh` installs them on Debian).
 */
export { findServer, type ServerName, serverMissing } from "./binaries.js";
export { freePort } from "./free-port.js";
export { startNats } from "./nats.js";
export { type PostgresOptions, startPostgres } from "./postgres.js";
export { type CuttableProxy, startProxy } from "./proxy.js";
export type { RealServer } from "./real-server.js";
