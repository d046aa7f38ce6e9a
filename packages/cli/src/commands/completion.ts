/** `parley completion <shell>`: a script made from the tables of commands and options. */
import { globalNames, type OptionName, optionRow } from "../config/index.js";
import type { Command } from "../context.js";
import { usage } from "../output/index.js";
import { commands, groups } from "./index.js";

export const command: Command = async (context) => {
  const script = scripts[context.arg(0)];
  if (script === undefined) throw usage(`there is no completion for "${context.arg(0)}"`);
  context.io.stdout.write(script());
};

const scripts: Readonly<Record<string, () => string>> = { bash, zsh, fish };

interface Leaf {
  readonly path: string;
  readonly summary: string;
  readonly options: readonly OptionName[];
  readonly choices: readonly string[];
  readonly files: boolean;
}

const leaves: readonly Leaf[] = commands.map((row) => ({
  path: row.path.join(" "),
  summary: row.summary,
  options: row.options.length > 0 ? row.options : [],
  choices: row.arguments?.flatMap((argument) => argument.choices ?? []) ?? [],
  files: row.arguments?.some((argument) => argument.complete === "file") ?? false,
}));

/** First words, in the order of the table, then `help`. */
function firstWords(): { word: string; summary: string }[] {
  const words = new Map<string, string>();
  for (const row of commands) words.set(row.path[0], groups[row.path[0]] ?? row.summary);
  words.set("help", "Show usage of the tool or of a command");
  return [...words].map(([word, summary]) => ({ word, summary }));
}

function secondWords(group: string): { word: string; summary: string }[] {
  return commands
    .filter((row) => row.path[0] === group && row.path.length > 1)
    .map((row) => ({ word: row.path[1] ?? "", summary: row.summary }));
}

const flagsOf = (names: readonly OptionName[]): string =>
  names
    .flatMap((name) => {
      const { short } = optionRow(name);
      return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
    })
    .join(" ");

const allNames = [...new Set([...leaves.flatMap((leaf) => leaf.options), ...globalNames])];

/** Shell patterns of the options whose value is one of a few words, a file or a folder. */
function valuePatterns(): { pattern: string; reply: string }[] {
  return allNames.flatMap((name) => {
    const row = optionRow(name);
    const pattern = row.short === undefined ? `--${name}` : `-${row.short}|--${name}`;
    if (row.choices)
      return [{ pattern, reply: `COMPREPLY=($(compgen -W "${row.choices.join(" ")}" -- "$current"))` }];
    if (row.complete)
      return [
        { pattern, reply: `COMPREPLY=($(compgen -${row.complete === "file" ? "f" : "d"} -- "$current"))` },
      ];
    return row.kind === "flag" ? [] : [{ pattern, reply: "COMPREPLY=()" }];
  });
}

function bash(): string {
  const values = valuePatterns().map(({ pattern, reply }) => `    ${pattern}) ${reply}; return ;;`);
  const groupCases = Object.keys(groups).map(
    (group) =>
      `    ${group}) words="${secondWords(group)
        .map(({ word }) => word)
        .join(" ")}" ;;`,
  );
  const leafCases = leaves.map((leaf) => {
    const words = [flagsOf(leaf.options), "--help", ...leaf.choices].filter((word) => word !== "").join(" ");
    return `    "${leaf.path}") words="${words}"${leaf.files ? "; files=yes" : ""} ;;`;
  });
  return `# parley completion for bash: eval "$(parley completion bash)"
_parley() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" files="" path=""
  case "$previous" in
${values.join("\n")}
  esac
  path="\${COMP_WORDS[1]}"
  case "$path" in
    ${Object.keys(groups).join("|")}) [ "$COMP_CWORD" -gt 2 ] && path="$path \${COMP_WORDS[2]}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && path=""
  case "$path" in
    "") words="${firstWords()
      .map(({ word }) => word)
      .join(" ")} --help --version" ;;
${groupCases.join("\n")}
${leafCases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _parley parley
`;
}

function zsh(): string {
  const cases = leaves.map((leaf) => {
    const specs = leaf.options.map((name) => `      ${zshSpec(name)}`);
    const words =
      leaf.choices.length > 0
        ? `1:value:(${leaf.choices.join(" ")})`
        : leaf.files
          ? "*:file:_files"
          : "*:argument:";
    return `    ${singleQuoted(leaf.path)}) _arguments -s \\\n${[...specs, `      ${singleQuoted(words)}`].join(" \\\n")} ;;`;
  });
  const described = (words: { word: string; summary: string }[]): string =>
    words.map(({ word, summary }) => singleQuoted(`${word}:${summary}`)).join(" ");
  const groupCases = Object.keys(groups).map(
    (group) => `    ${group}) choices=(${described(secondWords(group))}); _describe command choices ;;`,
  );
  return `#compdef parley
# parley completion for zsh: source <(parley completion zsh)
_parley() {
  local -a choices
  local leaf="$words[2]" depth=1
  case "$leaf" in
    ${Object.keys(groups).join("|")}) (( CURRENT > 3 )) && { leaf="$leaf $words[3]"; depth=2 } ;;
  esac
  (( CURRENT == 2 )) && { choices=(${described(firstWords())}); _describe command choices; return }
  words=("\${(@)words[depth+1,-1]}"); (( CURRENT -= depth ))
  case "$leaf" in
${groupCases.join("\n")}
${cases.join("\n")}
  esac
}
compdef _parley parley
`;
}

function zshSpec(name: OptionName): string {
  const row = optionRow(name);
  const action = row.choices
    ? `(${row.choices.join(" ")})`
    : row.complete === "file"
      ? "_files"
      : row.complete
        ? "_files -/"
        : "";
  const value = row.kind === "flag" ? "" : `:${row.value?.replaceAll(/[<>:|]/g, " ").trim()}:${action}`;
  const text = `[${row.description.replaceAll(/[[\]:]/g, " ")}]${value}`;
  const repeat = row.kind === "list" ? "*" : "";
  return row.short === undefined
    ? singleQuoted(`${repeat}--${name}${text}`)
    : `{-${row.short},--${name}}${singleQuoted(text)}`;
}

function fish(): string {
  const lines = ["# parley completion for fish: parley completion fish | source", "complete -c parley -f"];
  for (const { word, summary } of firstWords())
    lines.push(`complete -c parley -n __fish_use_subcommand -a ${word} -d ${singleQuoted(summary)}`);
  for (const group of Object.keys(groups)) {
    const words = secondWords(group);
    const none = words.map(({ word }) => word).join(" ");
    for (const { word, summary } of words)
      lines.push(
        `complete -c parley -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${none}' -a ${word} -d ${singleQuoted(summary)}`,
      );
  }
  for (const leaf of leaves) {
    const seen = leaf.path
      .split(" ")
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join("; and ");
    if (leaf.choices.length > 0) lines.push(`complete -c parley -n '${seen}' -a '${leaf.choices.join(" ")}'`);
    if (leaf.files) lines.push(`complete -c parley -n '${seen}' -F`);
    for (const name of leaf.options) lines.push(`complete -c parley -n '${seen}' ${fishFlags(name)}`);
  }
  return `${lines.join("\n")}\n`;
}

function fishFlags(name: OptionName): string {
  const row = optionRow(name);
  const short = row.short === undefined ? "" : `-s ${row.short} `;
  const value =
    row.kind === "flag"
      ? ""
      : row.choices
        ? ` -x -a '${row.choices.join(" ")}'`
        : row.complete
          ? " -r -F"
          : " -x";
  return `${short}-l ${name}${value} -d ${singleQuoted(row.description)}`;
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
