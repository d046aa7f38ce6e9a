/**
 * The text form (CLI specification 11.2): `Label: value` lines, and blocks for what does not fit on one.
 * A block is its label, the content indented by two spaces, and an empty line: content can neither end its
 * block early nor pass for a field.
 */
import type { Output } from "../io.js";
import { lines, oneLine } from "./printable.js";

const indent = "  ";

export class TextWriter {
  readonly #output: Output;
  /** Whether the last line written was empty; true at the start, so that no output begins with one. */
  #apart = true;
  /** Key of the block that `chunk` is writing. */
  #open: string | undefined;
  #atLineStart = true;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Nothing is printed for an absent value. */
  field(label: string, value: string | number | undefined): void {
    this.close();
    if (value === undefined || value === "") return;
    this.#output.write(`${label}: ${oneLine(String(value))}\n`);
    this.#apart = false;
  }

  block(label: string, content: string): void {
    this.close();
    const body = lines(content.trimEnd()).map((line) => indent + line);
    this.#output.write(`${label}:\n${body.join("\n")}\n\n`);
    this.#apart = true;
  }

  /** A field where the text fits on one line, else a block. */
  prose(label: string, content: string): void {
    const text = content.trim();
    if (/[\r\n]/.test(text)) this.block(label, text);
    else this.field(label, text);
  }

  /** Sets the next field apart from what came before. */
  section(): void {
    this.close();
    if (!this.#apart) this.#output.write("\n");
    this.#apart = true;
  }

  /** Text that comes bit by bit: bits with the same key continue one block. */
  chunk(key: string, label: string, content: string): void {
    if (this.#open !== key) {
      this.close();
      this.#output.write(`${label}:\n`);
      this.#open = key;
      this.#atLineStart = true;
    }
    const pieces = lines(content);
    const last = pieces.pop() ?? "";
    let text = "";
    for (const piece of pieces) {
      text += `${this.#atLineStart ? indent : ""}${piece}\n`;
      this.#atLineStart = true;
    }
    if (last !== "") {
      text += (this.#atLineStart ? indent : "") + last;
      this.#atLineStart = false;
    }
    this.#output.write(text);
  }

  isOpen(key: string): boolean {
    return this.#open === key;
  }

  /** Ends an open block; without one it does nothing. */
  close(): void {
    if (this.#open === undefined) return;
    this.#output.write(this.#atLineStart ? "\n" : "\n\n");
    this.#open = undefined;
    this.#apart = true;
  }
}
