// Runs a bundle of the scenario where there is nothing of Node: a bare context with Web globals, without `eval`.
// Argument: the bundle, a script that leaves the scenario in the global `bundle`.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const webGlobals = [
  ...["AbortController", "AbortSignal", "DOMException", "Event", "EventTarget"],
  ...["Headers", "Request", "Response", "URL", "URLSearchParams", "atob", "btoa", "crypto"],
  ...["TextDecoder", "TextEncoder", "TransformStream", "ReadableStream", "ByteLengthQueuingStrategy"],
  ...["clearInterval", "clearTimeout", "performance", "queueMicrotask", "setInterval", "setTimeout"],
];
const web = Object.fromEntries(webGlobals.map((name) => [name, globalThis[name]]));
const context = createContext(web, { codeGeneration: { strings: false, wasm: false } });
const nodes = ["process", "Buffer", "require", "setImmediate", "global"];
if (nodes.some((name) => runInContext(`typeof ${name}`, context) !== "undefined"))
  throw new Error("The context has something of Node");
runInContext(readFileSync(process.argv[2], "utf8"), context);
console.log(JSON.stringify(await runInContext("bundle.scenario()", context)));
