/** Everything a command touches of the process it runs in; tests hand in their own. */

export interface Output {
  write(text: string): unknown;
  /** More waits to be read than should; `drain` tells when it is gone. Node's streams say so. */
  readonly writableNeedDrain?: boolean;
  once?(event: "drain", listener: () => void): unknown;
  off?(event: "drain", listener: () => void): unknown;
}

/**
 * Waits for whoever reads the output, so that what an agent says without end does not pile up here.
 * Resolves as well when the user wants to stop. Undefined when there is nothing to wait for.
 */
export function caughtUp(output: Output, signal: AbortSignal): Promise<void> | undefined {
  if (!output.writableNeedDrain || signal.aborted) return undefined;
  return new Promise((resolve) => {
    const go = () => {
      output.off?.("drain", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    output.once?.("drain", go);
    signal.addEventListener("abort", go);
  });
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
