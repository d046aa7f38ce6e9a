import { groups } from "../commands/index.js";
import { type OptionName, optionRow } from "../config/index.js";
import { firstWords, leaves, singleQuoted, type Word, wordsAfter } from "./words.js";

export function zsh(): string {
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
  const described = (words: Word[]): string =>
    words.map(({ word, summary }) => singleQuoted(`${word}:${summary}`)).join(" ");
  const groupCases = Object.keys(groups).map(
    (group) =>
      `    ${singleQuoted(group)}) choices=(${described(wordsAfter(group))}); _describe command choices ;;`,
  );
  return `#compdef parley
# parley completion for zsh: source <(parley completion zsh)
_parley() {
  local -a choices
  local leaf="" depth=0
  while (( depth + 2 < CURRENT )); do
    case "$leaf" in
      ''|${Object.keys(groups).map(singleQuoted).join("|")}) leaf="\${leaf:+$leaf }$words[depth+2]"; (( depth++ )) ;;
      *) break ;;
    esac
  done
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
