/** What a command is given: its settings, its arguments and the ways to say something. */
import type { Config } from "./config/index.js";
import type { Io } from "./io.js";
import { type Diagnostics, safeJson, TextWriter } from "./output/index.js";

/** A part flag of `send`, in the order in which it was written. */
export interface PartFlag {
  readonly kind: "text" | "file" | "data" | "media-type";
  readonly value: string;
}

export class Context {
  readonly io: Io;
  readonly config: Config;
  readonly diagnostics: Diagnostics;
  readonly args: readonly string[];
  readonly parts: readonly PartFlag[];
  readonly text: TextWriter;

  constructor(
    io: Io,
    config: Config,
    diagnostics: Diagnostics,
    args: readonly string[],
    parts: readonly PartFlag[],
  ) {
    this.io = io;
    this.config = config;
    this.diagnostics = diagnostics;
    this.args = args;
    this.parts = parts;
    this.text = new TextWriter(io.stdout);
  }

  /** Whether stdout carries JSON. */
  get json(): boolean {
    return this.config.get("output") === "json";
  }

  get streaming(): boolean {
    return this.config.get("stream");
  }

  get verbose(): boolean {
    return this.config.get("verbose");
  }

  /** The argument at `index`; commander has made sure that required ones are there. */
  arg(index: number): string {
    return this.args[index] ?? "";
  }

  /** One JSON document; one line of them under --stream (CLI specification 11.3). */
  emit(value: unknown): void {
    this.io.stdout.write(`${safeJson(value, this.streaming ? undefined : 2)}\n`);
  }
}

/** What it resolves with, if anything, is the exit status. */
export type Command = (context: Context) => Promise<void> | Promise<number>;
