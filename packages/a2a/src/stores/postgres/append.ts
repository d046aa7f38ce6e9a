/** One append call, as the arguments of the function that does it in the database. */
import type { Append } from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { stateNumbers, toKey, toRows } from "../text.js";
import { keyOf } from "./keys.js";
import { statement } from "./lanes.js";

const appendCall = Array.from({ length: 28 }, (_, i) => `$${i + 1}`).join(", ");

/** Numbers of the refused, and of those with much that is in no snapshot, by their place in the batch from 1. */
export const appendStatement = statement<{ refused: number[]; long: number[] }>(
  "append",
  `SELECT refused, long FROM append(${appendCall})`,
);

/** @param owners The number of each append's owner. */
export function toArguments(batch: readonly Append[], owners: readonly number[]): unknown[] {
  const tasks = new Tasks();
  const rows = new Rows();
  const notes = new Notes();
  for (const [i, append] of batch.entries()) {
    const task = toKey(append.head.id);
    const ended = isTerminal(append.head.state);
    tasks.add(append, task, owners[i] as number, ended, rows.add(append, i + 1, task));
    // Of a task that has ended none are kept.
    if (!ended) notes.add(append, i + 1, task);
  }
  return [...tasks.columns(), ...rows.columns(), ...notes.columns()];
}

class Tasks {
  readonly #ids: string[] = [];
  readonly #contexts: string[] = [];
  readonly #contextNames: (string | null)[] = [];
  readonly #owners: number[] = [];
  readonly #states: number[] = [];
  readonly #ages: number[] = [];
  readonly #seqs: number[] = [];
  readonly #expecteds: number[] = [];
  readonly #looses: number[] = [];
  readonly #helds: boolean[] = [];
  readonly #nodes: (string | null)[] = [];
  readonly #epochs: (number | null)[] = [];
  readonly #noteds: boolean[] = [];
  readonly #waves: number[] = [];
  /** How many appends there are so far of a task. */
  readonly #turns = new Map<string, number>();

  add(
    { head, expected, lease, notes }: Append,
    id: string,
    owner: number,
    ended: boolean,
    size: number,
  ): void {
    const context = keyOf(head.contextId);
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    this.#ids.push(id);
    this.#contexts.push(context.key);
    this.#contextNames.push(context.name);
    this.#owners.push(owner);
    this.#states.push(stateNumbers[head.state]);
    this.#ages.push(-head.statusMillis);
    this.#seqs.push(head.seq);
    this.#expecteds.push(expected);
    this.#looses.push(size);
    this.#helds.push(ended || lease !== undefined);
    this.#nodes.push(ended || lease?.node === undefined ? null : toKey(lease.node));
    this.#epochs.push(lease?.epoch ?? null);
    this.#noteds.push(!ended && notes !== undefined && notes.length > 0);
    this.#waves.push(turn);
  }

  columns(): unknown[] {
    return [
      this.#ids,
      this.#contexts,
      this.#contextNames,
      this.#owners,
      this.#states,
      this.#ages,
      this.#seqs,
      this.#expecteds,
      this.#looses,
      this.#helds,
      this.#nodes,
      this.#epochs,
      this.#noteds,
      this.#waves,
    ];
  }
}

/** Rows of entries, their bodies in one piece. */
class Rows {
  readonly #appends: number[] = [];
  readonly #tasks: string[] = [];
  readonly #seqs: number[] = [];
  readonly #artifacts: boolean[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #bodies: Buffer[] = [];
  #size = 0;

  /** @returns How much they are, in characters. */
  add({ entries }: Append, append: number, task: string): number {
    let size = 0;
    for (const { seq, body, artifactsOnly } of toRows(entries)) {
      const bytes = Buffer.from(body);
      this.#appends.push(append);
      this.#tasks.push(task);
      this.#seqs.push(seq);
      this.#artifacts.push(artifactsOnly);
      this.#starts.push(this.#size + 1);
      this.#lengths.push(bytes.length);
      this.#bodies.push(bytes);
      this.#size += bytes.length;
      size += body.length;
    }
    return size;
  }

  columns(): unknown[] {
    const bytes = Buffer.concat(this.#bodies, this.#size);
    return [this.#appends, this.#tasks, this.#seqs, this.#artifacts, this.#starts, this.#lengths, bytes];
  }
}

class Notes {
  readonly #appends: number[] = [];
  readonly #tasks: string[] = [];
  readonly #keys: string[] = [];
  readonly #names: (string | null)[] = [];
  readonly #bodies: string[] = [];

  add({ notes = [] }: Append, append: number, task: string): void {
    for (const note of notes) {
      const { key, name } = keyOf(note.key);
      this.#appends.push(append);
      this.#tasks.push(task);
      this.#keys.push(key);
      this.#names.push(name);
      this.#bodies.push(note.json);
    }
  }

  columns(): unknown[] {
    return [this.#appends, this.#tasks, this.#keys, this.#names, this.#bodies];
  }
}
