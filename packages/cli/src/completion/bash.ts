import { groups } from "../commands/index.js";
import { type OptionName, optionRow } from "../config/index.js";
import { allNames, firstWords, leaves, wordsAfter } from "./words.js";

export function bash(): string {
  const values = valuePatterns().map(({ pattern, reply }) => `    ${pattern}) ${reply}; return ;;`);
  const groupCases = Object.keys(groups).map(
    (group) =>
      `    "${group}") words="${wordsAfter(group)
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
  local at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$path" in
      ""|${quotedGroups()}) path="\${path:+$path }\${COMP_WORDS[at]}" ;;
    esac
  done
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

const quotedGroups = (): string =>
  Object.keys(groups)
    .map((group) => `"${group}"`)
    .join("|");

const flagsOf = (names: readonly OptionName[]): string =>
  names
    .flatMap((name) => {
      const { short } = optionRow(name);
      return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
    })
    .join(" ");

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
