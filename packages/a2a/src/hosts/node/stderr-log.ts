/** A log of one line of JSON per entry on standard error. */
import type { Log } from "../../ports/index.js";

/** What `serve` logs to if not told otherwise. */
export const stderrLog: Log = {
  error: (message, fields) => write("error", message, fields),
  warn: (message, fields) => write("warn", message, fields),
  info: (message, fields) => write("info", message, fields),
};

function write(level: string, message: string, fields?: Readonly<Record<string, unknown>>): void {
  const entry = { time: new Date().toISOString(), level, message, ...fields };
  process.stderr.write(
    `${JSON.stringify(entry, (_, value) => (value instanceof Error ? textOf(value) : value))}\n`,
  );
}

function textOf(error: Error): string {
  const text = error.stack ?? String(error);
  return error.cause instanceof Error ? `${text}\ncaused by ${textOf(error.cause)}` : text;
}
