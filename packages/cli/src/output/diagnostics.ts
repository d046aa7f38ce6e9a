/** Everything that goes to stderr. Secrets in use are left out of every line, whatever the verbosity (12.1). */
import type { Output } from "../io.js";
import { lines, oneLine } from "./printable.js";

const mask = "[redacted]";

/** A shorter value of a service parameter is no credential, and its characters occur everywhere. */
const shortestParameter = 5;

export class Diagnostics {
  readonly #output: Output;
  readonly debugging: boolean;
  readonly #secrets: string[] = [];

  constructor(output: Output, debugging: boolean, secrets: readonly string[] = []) {
    this.#output = output;
    this.debugging = debugging;
    for (const secret of secrets) this.#keep(secret);
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
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, mask);
    return clean;
  }

  /** A service parameter is `key:value`; every form in which a secret may appear on the wire counts. */
  #keep(secret: string): void {
    const parameter = /^[\w-]+:(.*)$/s.exec(secret)?.[1]?.trim() ?? "";
    for (const value of parameter.length < shortestParameter ? [secret] : [secret, parameter])
      if (value !== "")
        this.#secrets.push(value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1));
    this.#secrets.sort((a, b) => b.length - a.length);
  }

  #write(text: string): void {
    this.#output.write(`${oneLine(this.redact(text))}\n`);
  }
}
