/** The file of `parley serve --token-file`. */
import { usage } from "../output/index.js";

/**
 * One `token principal` per line; a token alone is its own line's principal, and # begins a comment.
 * @returns token to principal
 * @throws Failure A2ACLI_ERR_USAGE for a line that is neither, or a file without tokens
 */
export function parseTokens(text: string, path: string): Record<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line, index) => {
    const [token, principal = `line-${index + 1}`, ...more] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    if (!token) return [];
    if (more.length > 0) throw usage(`${path}, line ${index + 1}: expected "token principal"`);
    return [[token, principal] as const];
  });
  if (entries.length === 0) throw usage(`${path} holds no tokens`);
  return Object.fromEntries(entries);
}
