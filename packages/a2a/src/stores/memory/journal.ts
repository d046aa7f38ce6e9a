/** The journal in memory. Every method answers at once. */
import type {
  Append,
  Entry,
  Journal,
  ListPage,
  ListQuery,
  LoadOptions,
  Note,
  Snapshot,
  TaskHead,
} from "../../ports/index.js";
import { isTerminal, type Task } from "../../protocol/index.js";
import { fold, foldWithoutArtifacts, loadEach } from "../fold.js";
import { Folding, type FoldingOptions } from "./folding.js";
import { Group } from "./group.js";
import { headOf, Tail, TaskRecord } from "./record.js";

/** Who reads entries later. */
export interface Readers {
  /** Whether entries of a task are still waited for: then they are not folded away. */
  waits(id: string): boolean;
  /** Called for every task that is removed. */
  removed(id: string): void;
}

export class MemoryJournal implements Journal {
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #owners = new Map<string, Group>();
  /** Of tasks that have some: most have none. */
  readonly #notes = new Map<string, Map<string, Note>>();
  /** Most contexts have a single task, which then stands for them. */
  readonly #contexts = new Map<string, TaskRecord | Group>();
  /** Ended tasks that keep their entries for a while: those that streams have shown, and the others. */
  readonly #shown: Folding<TaskRecord>;
  readonly #unseen: Folding<TaskRecord>;
  /** Ended tasks whose time has come while somebody still waits for their entries. */
  readonly #overdue = new Set<TaskRecord>();
  readonly #readers: Readers;

  constructor(options: FoldingOptions, readers: Readers) {
    this.#readers = readers;
    const drop = (record: TaskRecord) => this.fold(record);
    this.#shown = new Folding(options, drop);
    this.#unseen = new Folding({ ...options, keep: Math.ceil(options.keep / 100) }, drop);
  }

  /** Ended tasks whose entries are kept for a while. */
  kept(): readonly TaskRecord[] {
    return [...this.#shown.items(), ...this.#unseen.items()];
  }

  /** Folds the entries of an ended task away, now or when nobody waits for them any more. False if not now. */
  fold(record: TaskRecord): boolean {
    // It was removed, or folded by another way.
    if (typeof record.body === "string") return false;
    if (this.#readers.waits(record.id)) {
      this.#overdue.add(record);
      return false;
    }
    dropEntries(record);
    return true;
  }

  /** Nobody waits for a task's entries any more. */
  settled(id: string): void {
    const record = this.#tasks.get(id);
    if (record && this.#overdue.delete(record)) dropEntries(record);
  }

  append(batch: readonly Append[]): readonly Append[] {
    return batch.filter((append) => !this.#take(append));
  }

  #take(append: Append): boolean {
    const { head, expected } = append;
    let record = this.#tasks.get(head.id);
    if ((record?.seq ?? 0) !== expected) return false;
    if (record === undefined) {
      record = this.#create(head);
      if (record === undefined) return false;
    } else {
      this.#advance(record, head);
    }
    if (typeof record.body === "string") record.body = new Tail(expected + 1, record.body, expected);
    for (const entry of append.entries) record.body.entries.push(entry);
    if (append.snapshot) {
      record.body.text = flat(append.snapshot());
      record.body.textSeq = head.seq;
    }
    if (append.notes) this.#note(head.id, append.notes);
    if (isTerminal(head.state)) {
      this.#notes.delete(head.id);
      (append.watched ? this.#shown : this.#unseen).add(record);
    }
    return true;
  }

  #note(id: string, notes: readonly Note[]): void {
    const kept = this.#notes.get(id) ?? new Map<string, Note>();
    this.#notes.set(id, kept);
    for (const note of notes) kept.set(note.key, note);
  }

  /** Undefined when the context is another owner's. */
  #create(head: TaskHead): TaskRecord | undefined {
    const context = this.#contexts.get(head.contextId);
    if (context && context.owner !== head.owner) return undefined;
    const owner = this.#owners.get(head.owner) ?? this.#addOwner(head.owner);
    const known = context instanceof TaskRecord ? context : undefined;
    const record = new TaskRecord(head, known?.contextId ?? head.contextId, owner.owner);
    this.#tasks.set(record.id, record);
    owner.add(record);
    if (context === undefined) this.#contexts.set(record.contextId, record);
    else if (context instanceof Group) context.add(record);
    else this.#contexts.set(record.contextId, new Group(owner.owner).add(context).add(record));
    return record;
  }

  #addOwner(name: string): Group {
    const owner = new Group(name);
    this.#owners.set(name, owner);
    return owner;
  }

  #advance(record: TaskRecord, head: TaskHead): void {
    record.seq = head.seq;
    if (record.state === head.state && record.statusMillis === head.statusMillis) return;
    const groups = this.#groups(record);
    for (const group of groups) group.delete(record);
    record.state = head.state;
    record.statusMillis = head.statusMillis;
    for (const group of groups) group.add(record);
  }

  #groups(record: TaskRecord): Group[] {
    const context = this.#contexts.get(record.contextId);
    const owner = this.#owners.get(record.owner) as Group;
    return context instanceof Group ? [owner, context] : [owner];
  }

  head(id: string): TaskHead | undefined {
    const record = this.#tasks.get(id);
    return record && headOf(record);
  }

  load(id: string, { artifacts = true }: LoadOptions = {}): Snapshot | undefined {
    const record = this.#tasks.get(id);
    return (
      record && { head: headOf(record), json: artifacts ? textOf(record) : textWithoutArtifacts(record) }
    );
  }

  loadMany(ids: readonly string[], options?: LoadOptions): ReadonlyMap<string, Snapshot> {
    return loadEach(ids, (id) => this.load(id, options));
  }

  notes(id: string): readonly Note[] {
    return [...(this.#notes.get(id)?.values() ?? [])];
  }

  read(id: string, after: number, maxBytes: number): readonly Entry[] | undefined {
    const record = this.#tasks.get(id);
    if (record === undefined || after >= record.seq) return [];
    if (typeof record.body === "string" || after + 1 < record.body.first) return undefined;
    const { entries, first } = record.body;
    const from = after + 1 - first;
    let to = from;
    for (let bytes = 0; to < entries.length && (to === from || bytes < maxBytes); to++)
      bytes += (entries[to] as Entry).json.length;
    return entries.slice(from, to);
  }

  list(query: ListQuery): ListPage {
    const { owner, contextId } = query;
    const found = contextId === undefined ? this.#owners.get(owner) : this.#contexts.get(contextId);
    if (found?.owner !== owner) return { heads: [], more: false, totalSize: 0 };
    return (found instanceof Group ? found : new Group(owner).add(found)).page(query);
  }

  contextOwner(contextId: string): string | undefined {
    return this.#contexts.get(contextId)?.owner;
  }

  /** The tasks of each owner, also of those that come while they are gone through. */
  groups(): Iterable<Group> {
    return this.#owners.values();
  }

  owners(): readonly string[] {
    return [...this.#owners.keys()];
  }

  running(): readonly TaskHead[] {
    const records = [...this.#owners.values()].flatMap((group) => [
      ...group.in("TASK_STATE_SUBMITTED"),
      ...group.in("TASK_STATE_WORKING"),
    ]);
    return records.map(headOf);
  }

  remove(id: string): void {
    const record = this.#tasks.get(id);
    if (record === undefined) return;
    this.#tasks.delete(id);
    this.#notes.delete(id);
    for (const group of this.#groups(record)) group.delete(record);
    if (this.#owners.get(record.owner)?.empty) this.#owners.delete(record.owner);
    const context = this.#contexts.get(record.contextId);
    if (context === record || (context instanceof Group && context.empty))
      this.#contexts.delete(record.contextId);
    record.body = "";
    this.#overdue.delete(record);
    this.#readers.removed(id);
  }

  close(): void {
    this.#shown.close();
    this.#unseen.close();
  }
}

/** The Task up to the last entry as JSON, made once. */
function textOf(record: TaskRecord): string {
  const { body } = record;
  if (typeof body === "string") return body;
  if (body.text === undefined || body.textSeq !== record.seq) {
    const known = body.text === undefined ? undefined : (JSON.parse(body.text) as Task);
    body.text = flat(JSON.stringify(fold(known, unfolded(body))));
    body.textSeq = record.seq;
  }
  return body.text;
}

function textWithoutArtifacts({ body }: TaskRecord): string {
  if (typeof body !== "string" && body.first === 1)
    return JSON.stringify(foldWithoutArtifacts(undefined, body.entries));
  const [text, entries] = typeof body === "string" ? [body, []] : [body.text as string, unfolded(body)];
  return JSON.stringify(foldWithoutArtifacts(JSON.parse(text) as Task, entries));
}

/** The entries that `text` does not have yet. */
const unfolded = ({ entries, first, textSeq }: Tail): readonly Entry[] => entries.slice(textSeq + 1 - first);

/** `JSON.stringify` makes a string of pieces; reading a character joins them, which saves 185 bytes per task. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

function dropEntries(record: TaskRecord): void {
  try {
    record.body = textOf(record);
  } catch {
    // A Task too long for one string keeps its entries, which can still be read.
  }
}
