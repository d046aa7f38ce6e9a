/**
 * What the user sees: the text form and the JSON form of every result on stdout, everything else on stderr.
 * Commands call this room; it knows the protocol's types and nothing of how they were fetched.
 */
export { argument, commandLine, flagsGiven, programName } from "./command-line.js";
export { Diagnostics } from "./diagnostics.js";
export { type ErrorReport, reportOf } from "./errors.js";
export { Failure, localCodes, usage } from "./failure.js";
export { oneLine, safeJson } from "./printable.js";
export { TextWriter } from "./text.js";
