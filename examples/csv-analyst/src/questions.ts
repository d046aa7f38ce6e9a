/** What the analyst asks when the file alone cannot tell, and how it understands the answers. */

export interface Option<T> {
  value: T;
  /** How the option is shown. */
  label: string;
  /** Answers that mean it, besides its number. */
  names: string[];
}

export interface Question<T> {
  text: string;
  options: Option<T>[];
}

/** The words of a question, with its options numbered. */
export function wordsOf(question: Question<unknown>, misunderstood?: string): string {
  const sorry =
    misunderstood === undefined ? "" : `I cannot match “${shorten(misunderstood)}” to an option. `;
  const list = question.options.map(({ label }, index) => `${index + 1}. ${label}`);
  return `${sorry}${question.text}\n\n${list.join("\n")}\n\nAnswer with a number or a name.`;
}

/** The option that an answer means: its number, its name, or a sentence that holds one option's name. */
export function understand<T>({ options }: Question<T>, answer: string): Option<T> | undefined {
  const said = normal(answer);
  if (said === "" && answer.trim() === "") return undefined;
  const mentioned = mentionsIn(said);
  const exact = options.find(({ names }) =>
    names.some((name) => normal(name) === said || name === answer.trim()),
  );
  if (exact) return exact;
  const number = /^(?:(?:option|number|no\.?|the) )?#?(\d{1,3}|first|second|third)[.)]?(?: one)?$/.exec(
    said,
  )?.[1];
  if (number !== undefined) return options[(ordinals[number] ?? Number(number)) - 1];
  const possible = options.flatMap((option) => {
    const [longest] = option.names.filter(mentioned).sort((a, b) => b.length - a.length);
    return longest === undefined ? [] : [{ option, name: normal(longest) }];
  });
  // “ship date” also holds the name of a column called “date”.
  const meant = possible.filter(
    ({ name }) => !possible.some((other) => other.name !== name && mentionsIn(other.name)(name)),
  );
  return meant.length === 1 ? meant[0]?.option : undefined;
}

/** Tells which names a text holds as words of their own. */
export function mentionsIn(text: string): (name: string) => boolean {
  const said = normal(text);
  return (name) => {
    const wanted = normal(name);
    if (!said.includes(wanted) || !/[\p{L}\p{N}]/u.test(wanted)) return false;
    const escaped = wanted.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "u").test(said);
  };
}

const ordinals: Record<string, number> = { first: 1, second: 2, third: 3 };

/** Lower case, one blank or underscore like another, without the quotes and full stop around an answer. */
function normal(text: string): string {
  const words = text.toLowerCase().replace(/[\s_]+/g, " ");
  let [start, end] = [0, words.length];
  while (start < end && around.includes(words.charAt(start))) start++;
  while (end > start && (around + ".!").includes(words.charAt(end - 1))) end--;
  return words.slice(start, end);
}

const around = " \"'“”‘’`";

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
