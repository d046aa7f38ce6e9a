/**
 * Completion scripts, one file per shell, made from the tables of commands and options, so that none of them
 * can forget an option. `parley completion` prints them.
 */
export { bash } from "./bash.js";
export { fish } from "./fish.js";
export { zsh } from "./zsh.js";
