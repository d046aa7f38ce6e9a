/**
 * Settings: one table of options (options.ts), read from flags, the environment and two `.env` files.
 * run.ts resolves them once per command; commands ask `Config` for values and never look at
 * process.env themselves. Nothing here is ever written: the tool keeps no state between runs.
 */
import { homedir } from "node:os";
import type { Io } from "../io.js";
import { usage } from "../output/failure.js";
import { type EnvFile, explicitFile, globalFile, localFile } from "./env-file.js";
import { envName, type OptionName, optionNames, optionRow, type options } from "./options.js";
import { passwordsIn } from "./url-password.js";
import { parseValue, type Value } from "./values.js";

export * from "./options.js";
export { withoutPassword } from "./url-password.js";
export { parseValue, type Value } from "./values.js";

/** Where a value came from, strongest first. */
export const sources = ["flag", "environment", "file", "default", "unset"] as const;

export interface Setting {
  readonly value: Value | undefined;
  readonly source: (typeof sources)[number];
  /** The variable or file, where the source is one. */
  readonly from?: string;
}

type ValueOf<R extends { kind: string }> = R["kind"] extends "flag"
  ? boolean
  : R["kind"] extends "duration" | "integer"
    ? number | undefined
    : R["kind"] extends "list"
      ? readonly string[]
      : R["kind"] extends "json"
        ? Readonly<Record<string, never>> | undefined
        : string | undefined;

/** What the flags of this invocation said, by option name; values are parsed. */
export type Flags = Partial<Record<OptionName, Value>>;

export class Config {
  readonly #settings: ReadonlyMap<OptionName, Setting>;
  readonly warnings: readonly string[];

  constructor(settings: ReadonlyMap<OptionName, Setting>, warnings: readonly string[]) {
    this.#settings = settings;
    this.warnings = warnings;
  }

  setting(name: OptionName): Setting {
    return this.#settings.get(name) ?? { value: undefined, source: "unset" };
  }

  /** The effective value: false and [] where nothing was said about a flag or a list. */
  get<N extends OptionName>(name: N): ValueOf<(typeof options)[N]> {
    const { kind } = optionRow(name);
    const empty = kind === "flag" ? false : kind === "list" ? [] : undefined;
    return (this.setting(name).value ?? empty) as ValueOf<(typeof options)[N]>;
  }

  /** Whether to wait for the task: --wait and --async are one setting, the stronger source decides. */
  waits(byDefault: boolean): boolean {
    const wait = this.setting("wait");
    const asynchronous = this.setting("async");
    if (wait.source === "flag" && asynchronous.source === "flag")
      throw usage("--wait and --async contradict each other");
    if (
      sources.indexOf(asynchronous.source) < sources.indexOf(wait.source) &&
      asynchronous.source !== "default"
    )
      return !asynchronous.value;
    return wait.source === "unset" ? byDefault : Boolean(wait.value);
  }

  /** The secrets in use, so that diagnostics can leave them out. */
  secrets(): string[] {
    return optionNames.flatMap((name) => {
      const { value = [] } = this.setting(name);
      return optionRow(name).secret ? [value].flat().map(String) : passwordsIn(value);
    });
  }
}

/**
 * Reads every source in the order flag, environment, local file, global file, default (8.3).
 *
 * @param names Settings that are of interest: what the others say in the environment is nobody's concern here.
 */
export function resolveConfig(
  flags: Flags,
  io: Pick<Io, "env" | "cwd">,
  names: readonly OptionName[] = optionNames,
): Config {
  const configPath = flags.config ?? io.env["A2ACLI_CONFIG"];
  const local =
    configPath === undefined || configPath === ""
      ? localFile(io.cwd)
      : explicitFile(String(configPath), io.cwd);
  const global = globalFile(io.env["HOME"] ?? homedir());
  const files = [local, global?.path === local?.path ? undefined : global].filter(
    (file) => file !== undefined,
  );
  const settings = new Map<OptionName, Setting>();
  for (const name of names) settings.set(name, resolveOption(name, flags, io.env, files));
  return new Config(settings, files.flatMap(fileWarnings));
}

function resolveOption(name: OptionName, flags: Flags, env: Io["env"], files: readonly EnvFile[]): Setting {
  const row = optionRow(name);
  const flag = flags[name];
  if (flag !== undefined) return { value: flag, source: "flag" };
  const variable = envName(name);
  const fromEnvironment = variable === undefined ? undefined : env[variable];
  if (variable !== undefined && fromEnvironment !== undefined && fromEnvironment !== "")
    return { value: parseValue(row, fromEnvironment, variable), source: "environment", from: variable };
  if (variable !== undefined && name !== "config")
    for (const file of files) {
      const text = file.values.get(variable);
      if (text !== undefined && text !== "")
        return {
          value: parseValue(row, text, `${variable} in ${file.path}`),
          source: "file",
          from: file.path,
        };
    }
  if (row.default !== undefined) return { value: parseValue(row, row.default, name), source: "default" };
  return { value: undefined, source: "unset" };
}

function fileWarnings(file: EnvFile): string[] {
  const variables = new Map(optionNames.map((name) => [envName(name), optionRow(name)]));
  const warnings: string[] = [];
  if (file.unread !== undefined)
    warnings.push(`${file.path}, line ${file.unread}: expected A2ACLI_<OPTION>=value`);
  for (const variable of file.values.keys()) {
    const row = variables.get(variable);
    if (row === undefined) warnings.push(`${variable} in ${file.path} is not a setting`);
    else if (row.secret && file.exposed)
      warnings.push(`${file.path} holds ${variable} and others can read it; run: chmod 600 '${file.path}'`);
  }
  return warnings;
}
