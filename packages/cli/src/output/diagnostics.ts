/** Everything that goes to stderr. Secrets in use are left out of every line, whatever the verbosity (12.1). */
import type { Output } from "../io.js";
import { lines, oneLine } from "./printable.js";

const mask = "[redacted]";

/** A shorter value of a service parameter is no credential, and its characters occur everywhere. */
const shortestParameter = 5;

export class Diagnostics {
  readonly #output: Output;
  readonly debugging: boolean;
  /** Any of them, the longest first; undefined without any. */
  readonly #secrets: RegExp | undefined;

  constructor(output: Output, debugging: boolean, secrets: readonly string[] = []) {
    this.#output = output;
    this.debugging = debugging;
    const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
    if (forms.length > 0) this.#secrets = new RegExp(forms.map(literally).join("|"), "g");
  }

  /** What the agent is doing. */
  progress(text: string): void {
    this.#write(text);
  }

  warn(text: string): void {
    this.#write(`Warning: ${text}`);
  }

  /** Developer diagnostics; nothing without --debug. */
  debug(text: string): void {
    if (!this.debugging) return;
    for (const line of lines(this.redact(text))) this.#output.write(`debug: ${line}\n`);
  }

  redact(text: string): string {
    return this.#secrets === undefined ? text : text.replace(this.#secrets, mask);
  }

  #write(text: string): void {
    this.#output.write(`${oneLine(this.redact(text))}\n`);
  }
}

/** A service parameter is `key:value`; every form in which a secret may appear on the wire counts. */
function formsOf(secret: string): string[] {
  const parameter = /^[\w-]+:(.*)$/s.exec(secret)?.[1]?.trim() ?? "";
  const values = parameter.length < shortestParameter ? [secret] : [secret, parameter];
  return values
    .filter((value) => value !== "")
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
