import { groups } from "../commands/index.js";
import { type OptionName, optionRow } from "../config/index.js";
import { allNames, firstWords, leaves, secondWords } from "./words.js";

export function bash(): string {
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
