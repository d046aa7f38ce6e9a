/** Everything a command touches of the process it runs in; tests hand in their own. */

export interface Output {
  write(text: string): unknown;
}

export interface Io {
  /** The result, and nothing else. */
  readonly stdout: Output;
  /** Progress, warnings, errors, diagnostics. */
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when the user wants to stop; the reason is the signal's name. */
  readonly signal: AbortSignal;
}
