/**
 * Agents in an Express 4 or 5 application. Works below any mount path and behind body parsers.
 *
 * @example
 * app.use("/agents/csv", expressHandler(server));
 */
export { nodeListener as expressHandler } from "./node/request-listener.js";
