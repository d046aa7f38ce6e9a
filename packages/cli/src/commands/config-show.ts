/** `parley config show`: the effective settings and their sources, read only (8.3). */
import {
  envName,
  type OptionRow,
  optionNames,
  optionRow,
  type Setting,
  withoutPassword,
} from "../config/index.js";
import type { Command } from "../context.js";
import { safeJson } from "../output/index.js";

export const command: Command = async (context) => {
  const settings = optionNames
    .filter((name) => envName(name) !== undefined)
    .map((name) => {
      const setting = context.config.setting(name);
      return {
        name,
        value: shown(setting, optionRow(name)),
        source: setting.source,
        from: setting.from,
      };
    });
  if (context.json) {
    context.emit({ settings });
    return;
  }
  for (const { name, value, source, from } of settings) {
    const text =
      value === null
        ? `(${optionRow(name).otherwise ?? "not set"})`
        : typeof value === "object"
          ? safeJson(value)
          : value;
    const origin = source === "unset" ? "default" : from === undefined ? source : `${source} ${from}`;
    context.text.field(name, `${text} [${origin}]`);
  }
};

/** Durations with their unit; secrets only as being there. */
function shown({ value }: Setting, { kind, secret }: OptionRow) {
  if (value === undefined) return null;
  if (secret) return "(hidden)";
  if (typeof value === "string") return withoutPassword(value);
  return kind === "duration" && typeof value === "number" ? `${value / 1000}s` : value;
}
