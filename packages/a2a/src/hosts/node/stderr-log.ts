/** A log of one line of JSON per entry on standard error. */
import { inspect } from "node:util";
import type { Log } from "../../ports/index.js";

/** What `serve` logs to if not told otherwise. */
export const stderrLog: Log = {
  error: (message, fields) => write("error", message, fields),
  warn: (message, fields) => write("warn", message, fields),
  info: (message, fields) => write("info", message, fields),
};

function write(level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const entry: Record<string, unknown> = { time: new Date().toISOString(), level, message };
  for (const name in fields) entry[name] = loggable(fields[name]);
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

/** A value as it is where JSON can carry it. Agents throw what they like, and a log must not throw it back. */
function loggable(value: unknown): unknown {
  try {
    const text = JSON.stringify(value, (_, inner) => (inner instanceof Error ? textOf(inner) : inner));
    return JSON.parse(text ?? "null");
  } catch {
    return shown(value);
  }
}

function textOf(error: Error): string {
  const text = String(error.stack ?? error);
  return error.cause instanceof Error ? `${text}\ncaused by ${textOf(error.cause)}` : text;
}

function shown(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return "something that cannot be shown";
  }
}
