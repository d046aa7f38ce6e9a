/** From the beginning of a file and the answers so far to a plan of the analysis, or to the next question. */
import {
  type Candidate,
  candidates,
  delimiters,
  type Layout,
  layOut,
  oneColumn,
  singleColumn,
} from "./format.js";
import { type ColumnProfile, profile, provenOrder } from "./profile.js";
import { mentionsIn, type Question, understand, wordsOf } from "./questions.js";
import { parseSample } from "./read-csv.js";
import type { DateOrder } from "./values.js";
import { number } from "./wording.js";

export interface Plan {
  layout: Layout;
  columns: ColumnProfile[];
  dateOrder: DateOrder;
  /** The column that says when; absent when there is none. */
  date?: ColumnProfile;
  /** The numeric column worth following over time. */
  measure?: ColumnProfile;
  /** Columns whose dates stay text, because nobody knows how to read them. */
  unread: string[];
}

const mostColumns = 2000;
/** Rows that must agree on a number of columns before somebody is asked whether it is a table. */
const raggedShare = 0.4;

export type Decision = { plan: Plan } | { question: string } | { why: string };

export interface Beginning {
  text: string;
  /** The file goes on after `text`. */
  cut: boolean;
  name: string;
  mediaType: string;
}

/** Decides all that can be decided. `request` and `answers`: what the user said with the file and after it. */
export function decide(beginning: Beginning, request: string, answers: readonly string[]): Decision {
  const interview = new Interview(answers);
  const { text, cut, name } = beginning;
  const found = possible(beginning, request);
  const chosen = found.length > 1 ? interview.ask(delimiterQuestion(name, found)) : { value: found[0] };
  if ("question" in chosen) return chosen;
  if (!chosen.value)
    return { why: "Its lines share no delimiter (comma, semicolon, tab or pipe), so there are no columns." };
  const { character: delimiter } = chosen.value.delimiter;
  const sample = parseSample(text, delimiter, cut);
  if (!sample || sample.unclosed) return { why: "A quoted field never ends: a closing quote is missing." };
  const { rows } = sample;
  const layout = layOut(rows, delimiter);
  if (rows.length <= layout.skip)
    return { why: cut ? "Its rows are too long." : "It has a header and no rows of data below it." };
  const { length } = layout.columns;
  if (length > mostColumns)
    return { why: `It has ${number(length)} columns; I take up to ${number(mostColumns)}.` };
  const columns = profile(rows, layout);
  return dates(interview, name, layout, columns, request);
}

function dates(
  interview: Interview,
  name: string,
  layout: Layout,
  columns: ColumnProfile[],
  request: string,
): Decision {
  const datesFound = columns.filter(({ type }) => type === "date");
  const mentioned = mentionsIn(request);
  const named = datesFound.filter((column) => mentioned(column.name));
  const obvious = datesFound.filter((column) => column.name.toLowerCase() === "date");
  const sure = [datesFound, named, obvious].find((some) => some.length === 1)?.[0];
  const chosen =
    datesFound.length > 1 && !sure ? interview.ask(dateQuestion(name, datesFound)) : { value: sure ?? null };
  if ("question" in chosen) return chosen;
  const date = chosen.value;
  const order = provenOrder(columns) ?? saidOrder(request);
  const unclear = order === undefined && date?.order === "either";
  const answered = unclear ? interview.ask(orderQuestion(date)) : { value: order ?? null };
  if ("question" in answered) return answered;
  const dateOrder = answered.value;
  const read = date && (dateOrder !== null || date.order === undefined) ? date : undefined;
  const measure = chooseMeasure(columns, request);
  return {
    plan: {
      layout,
      columns,
      dateOrder: dateOrder ?? "day-first",
      unread: dateOrder === null ? datesFound.flatMap((column) => (column.order ? [column.name] : [])) : [],
      ...(read && { date: read }),
      ...(measure && { measure }),
    },
  };
}

/** Hands each question the answers that came after the previous one was settled. */
class Interview {
  readonly #answers: string[];

  constructor(answers: readonly string[]) {
    this.#answers = [...answers];
  }

  ask<T>(question: Question<T>): { value: T } | { question: string } {
    let misunderstood: string | undefined;
    for (let answer = this.#answers.shift(); answer !== undefined; answer = this.#answers.shift()) {
      const option = understand(question, answer);
      if (option) return { value: option.value };
      misunderstood = answer;
    }
    return { question: wordsOf(question, misunderstood) };
  }
}

/** How the text could be read. A list whose lines hold a delimiter may be a table of ragged rows. */
function possible(beginning: Beginning, request: string): Candidate[] {
  const { text, cut } = beginning;
  const regular = candidates(text, cut);
  if (regular.length > 0) return preferred(regular, beginning, request);
  const list = singleColumn(text, cut);
  if (!list) return [];
  return preferred(
    [...candidates(text, cut, raggedShare), { delimiter: oneColumn, rows: list, unclosed: false }],
    beginning,
    request,
  );
}

/** Leaves the one candidate that the file's type or the request names, if either does. */
function preferred(found: Candidate[], beginning: Beginning, request: string): Candidate[] {
  if (/\.tsv$/i.test(beginning.name) || /tab-separated/i.test(beginning.mediaType)) {
    const tab = found.filter(({ delimiter }) => delimiter.name === "tab");
    if (tab.length > 0) return tab;
  }
  const said = found.filter(({ delimiter }) => {
    const name = delimiter.name.replace(/\W/g, "\\$&");
    return new RegExp(
      `\\b${name}s?[ -]?(?:separat|delimit)|(?:delimiter|separator)\\W+(?:is\\W+)?(?:an? )?${name}`,
      "i",
    ).test(request);
  });
  return said.length === 1 ? said : found;
}

function delimiterQuestion(name: string, found: Candidate[]): Question<Candidate> {
  const ragged = found.some(({ delimiter }) => delimiter === oneColumn);
  return {
    text: `Which delimiter separates the columns of ${name}? ${ragged ? "Its rows differ in length." : "More than one would do."}`,
    options: found.map((candidate) => {
      const { delimiter, rows } = candidate;
      if (delimiter === oneColumn)
        return { value: candidate, label: "none: one value per line", names: ["none", "single column"] };
      const header = layOut(rows, delimiter.character).columns;
      const shown = header
        .slice(0, 6)
        .map((column) => `[${column}]`)
        .join(" ");
      const more = header.length > 6 ? " …" : "";
      const sign = ["\t", delimiter.name].includes(delimiter.character) ? "" : ` (${delimiter.character})`;
      return {
        value: candidate,
        label: `${delimiter.name}${sign}: ${header.length} columns, ${shown}${more}`,
        names: [
          delimiter.name,
          `${delimiter.name}s`,
          delimiter.character,
          ...(delimiter.name === "tab" ? ["\\t"] : []),
        ],
      };
    }),
  };
}

function dateQuestion(name: string, columns: ColumnProfile[]): Question<ColumnProfile | null> {
  const options = columns.map((column) => ({
    value: column,
    label: `${column.name} (for example ${column.example})`,
    names: [column.name],
  }));
  return {
    text: `Which column is the date? ${name} has ${columns.length} columns with dates, and one of them should be the time axis.`,
    options: [
      ...options,
      {
        value: null,
        label: "none of them",
        names: ["none", "none of them", "neither", "no", "no date", "skip"],
      },
    ],
  };
}

function orderQuestion({ name, example }: ColumnProfile): Question<DateOrder | null> {
  return {
    text: `Does the day or the month come first in ${name}, as in ${example}?`,
    options: [
      {
        value: "day-first",
        label: "day first (31/12/2024)",
        names: ["day first", "day", "dd/mm/yyyy", "dd/mm", "dmy", "d/m/y"],
      },
      {
        value: "month-first",
        label: "month first (12/31/2024)",
        names: ["month first", "month", "mm/dd/yyyy", "mm/dd", "mdy", "m/d/y"],
      },
      {
        value: null,
        label: "none: it is not a date",
        names: ["none", "neither", "no date", "not a date", "skip"],
      },
    ],
  };
}

function saidOrder(request: string): DateOrder | undefined {
  if (/\bday[- ]first\b|\bdd?[/.-]mm?\b/i.test(request)) return "day-first";
  return /\bmonth[- ]first\b|\bmm?[/.-]dd?\b/i.test(request) ? "month-first" : undefined;
}

/** The numeric column the request names, else the one that most looks like an amount; never an identifier. */
function chooseMeasure(columns: ColumnProfile[], request: string): ColumnProfile | undefined {
  const numeric = columns.filter((column) => column.type === "number" || column.type === "integer");
  const mentioned = mentionsIn(request);
  const named = numeric.find((column) => mentioned(column.name));
  if (named) return named;
  const rank = (column: ColumnProfile) => {
    const { name, type, distinct, count } = column;
    if (
      /(?:^|[^a-z])(?:id|key|code|zip|postcode|phone|nr|no|index|year|lat|lon|latitude|longitude)(?:$|[^a-z])|[a-z]Id$/i.test(
        name,
      )
    )
      return -1;
    if (type === "integer" && distinct === count && count > 20) return 0;
    const amount = /total|amount|revenue|sales|turnover|value/i.test(name) ? 4 : isAdditive(name) ? 2 : 0;
    return 1 + amount + (type === "number" ? 1 : 0) + (distinct > 1 ? 1 : 0);
  };
  const [best] = numeric.map((column) => ({ column, rank: rank(column) })).sort((a, b) => b.rank - a.rank);
  return best && best.rank >= 0 ? best.column : undefined;
}

/** True for quantities that add up over a period (sales), false for levels (a temperature). */
export function isAdditive(name: string): boolean {
  return /total|amount|revenue|sales|turnover|quantity|qty|units|count|orders|cost|profit|income|spend|expense|visits|clicks|volume|rainfall|precip/i.test(
    name,
  );
}

/** The name of a delimiter, for people. */
export function delimiterName(character: string): string {
  if (character === oneColumn.character) return oneColumn.name;
  return delimiters.find((delimiter) => delimiter.character === character)?.name ?? character;
}
