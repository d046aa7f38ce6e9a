/** Who may call the agent of `parley serve`. */
import type { ServeOptions } from "@parley/a2a/node";
import type { Config } from "../config/index.js";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";
import { readText, wordsOfLines } from "./files.js";
import type { Sdk } from "./load-agent.js";

/** @returns undefined where everybody may @throws Failure A2ACLI_ERR_USAGE */
export async function toAuthenticator(
  config: Config,
  io: Io,
  { auth }: Sdk,
): Promise<ServeOptions["authenticator"]> {
  const bearer = await principalsOf("token-file", "tokens", config, io);
  const keys = await principalsOf("api-key-file", "keys", config, io);
  const name = config.get("api-key-header") ?? "";
  try {
    const tokens = bearer && auth.bearerTokens(bearer);
    const apiKeys = keys && auth.apiKeys(keys, { in: "header", name });
    return tokens && apiKeys ? auth.anyOf(tokens, apiKeys) : (tokens ?? apiKeys);
  } catch (error) {
    if (error instanceof TypeError) throw usage(error.message);
    throw error;
  }
}

/**
 * One `secret principal` per line; a secret alone is its own line's principal, and # begins a comment.
 * @returns secret to principal
 */
async function principalsOf(
  option: "token-file" | "api-key-file",
  what: string,
  config: Config,
  io: Io,
): Promise<Record<string, string> | undefined> {
  const path = config.get(option);
  if (path === undefined) return undefined;
  const lines = wordsOfLines(await readText(`--${option}`, path, io));
  if (lines.length === 0) throw usage(`${path} holds no ${what}`);
  return Object.fromEntries(
    lines.map(({ number, words: [secret = "", principal = `line-${number}`, ...more] }) => {
      if (more.length > 0) throw usage(`${path}, line ${number}: expected "${what.slice(0, -1)} principal"`);
      return [secret, principal];
    }),
  );
}
