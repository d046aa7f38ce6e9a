/** Turns what a user wrote into a value, and says whose fault it is when that fails. */
import { usage } from "../output/failure.js";
import type { OptionRow } from "./options.js";

export type Value = string | number | boolean | readonly string[] | { readonly [key: string]: unknown };

/** @throws Failure A2ACLI_ERR_USAGE naming `origin`, the flag or variable the text came from. */
export function parseValue(row: OptionRow, raw: string, origin: string): Value {
  switch (row.kind) {
    case "flag":
      return parseFlag(raw, origin);
    case "duration":
      return parseDuration(raw, origin);
    case "integer":
      return parseInteger(raw, origin, row.most);
    case "json":
      return parseObject(raw, origin);
    case "list":
      return raw
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "choice":
      return parseChoice(row.choices ?? [], raw, origin);
    case "string":
      if (raw === "") throw usage(`${origin} is empty`);
      return raw;
  }
}

function parseFlag(raw: string, origin: string): boolean {
  const word = raw.trim().toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off", ""].includes(word)) return false;
  throw usage(`${origin}: expected true or false, got "${raw}"`);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `2s`, `1m30s`, `1h`, `30d`; a bare number is seconds. @returns milliseconds */
function parseDuration(raw: string, origin: string): number {
  if (/^\d+(\.\d+)?$/.test(raw)) return Number(raw) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(raw))
    throw usage(`${origin}: "${raw}" is not a duration`, "Write durations such as 500ms, 2s, 5m, 1h or 30d.");
  let total = 0;
  for (const [, amount, unit] of raw.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  return total;
}

function parseInteger(raw: string, origin: string, most = 999_999_999): number {
  if (!/^\d+$/.test(raw)) throw usage(`${origin}: "${raw}" is not a whole number`);
  if (Number(raw) > most) throw usage(`${origin}: ${raw} is more than ${most}`);
  return Number(raw);
}

function parseObject(raw: string, origin: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw usage(`${origin} is not JSON`, `Quote it for the shell, for example '{"key":"value"}'.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usage(`${origin}: expected a JSON object`);
  return { ...value };
}

function parseChoice(choices: readonly string[], raw: string, origin: string): string {
  const word = raw
    .toLowerCase()
    .replace(/^task_state_/, "")
    .replaceAll("_", "-");
  const choice = choices.find((each) => each.toLowerCase() === word);
  if (choice !== undefined) return choice;
  throw usage(`${origin}: "${raw}" is not one of ${choices.join(", ")}`);
}
