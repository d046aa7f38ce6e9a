/**
 * Tasks from one store to another, as lines of JSON: a header; for each task a line with its head, its notes and its
 * push notification configurations, secrets included; then its entries in order, each behind a line with the user's
 * message that it follows, if any; in the end how many tasks there were, so that an export that broke off is known.
 * Node and epoch are not carried over, nor are dead letters.
 */
import {
  type Append,
  Entry,
  type Note,
  type Store,
  type StoredPushConfig,
  type TaskEvent,
  type TaskHead,
} from "../ports/index.js";
import type { Message } from "../protocol/index.js";

/** One configuration and the entry up to which it has been told. */
interface Told {
  readonly seq: number;
  readonly config: StoredPushConfig;
}

interface TaskLine {
  readonly task: TaskHead;
  readonly notes: readonly Note[];
  readonly configs: readonly Told[];
}

const header = '{"parley":"tasks","version":1}';

const step = 1024 * 1024;
const pageSize = 200;

/**
 * Every task of a store, line by line. A task that changes meanwhile may be missed, so nobody should use the store.
 * Where entries were folded away, the folded Task takes their place as the only one.
 */
export async function* exportTasks(store: Store): AsyncGenerator<string, void> {
  yield header;
  let exported = 0;
  for (const owner of await store.journal.owners()) {
    for (let after: TaskHead | undefined; ; ) {
      const page = await store.journal.list({ owner, limit: pageSize, ...(after && { after }) });
      for (const head of page.heads) if (yield* exportTask(store, head)) exported++;
      after = page.heads.at(-1);
      if (!page.more || after === undefined) break;
    }
  }
  yield JSON.stringify({ exported });
}

/** @returns whether the task was still there */
async function* exportTask(store: Store, head: TaskHead): AsyncGenerator<string, boolean> {
  const { journal, pushConfigs, outbox } = store;
  const { id } = head;
  const configs: Told[] = [];
  for (const config of await pushConfigs.list(id)) configs.push({ seq: head.seq, config });
  if (configs.length > 0) {
    const deliveries = await outbox.deliveries({ taskId: id, limit: configs.length });
    for (const [i, { config }] of configs.entries()) {
      const seq = deliveries.find((delivery) => delivery.config.id === config.id)?.seq;
      configs[i] = { config, seq: Math.min(seq ?? head.seq, head.seq) };
    }
  }
  const line = (task: TaskHead): TaskLine => ({ task, notes: [], configs });
  let entries = await journal.read(id, 0, step);
  if (entries === undefined) {
    const folded = await journal.load(id);
    if (folded === undefined) return false;
    const only = configs.map(({ config }) => ({ seq: 1, config }));
    yield JSON.stringify({ ...line({ ...head, seq: 1 }), configs: only });
    yield `{"seq":1,"event":{"task":${folded.json}}}`;
    return true;
  }
  yield JSON.stringify({ ...line(head), notes: await journal.notes(id) });
  while (entries && entries.length > 0) {
    for (const { seq, message, json } of entries) {
      if (message) yield JSON.stringify({ message });
      yield `{"seq":${seq},"event":${json}}`;
    }
    const last = (entries.at(-1) as Entry).seq;
    if (last >= head.seq) break;
    entries = await journal.read(id, last, step);
  }
  return true;
}

export interface Imported {
  /** Tasks that were made here, or were there in part. */
  readonly tasks: number;
  /** Tasks that were there before. */
  readonly present: number;
}

/**
 * Puts exported tasks into a store. What is there is left alone, so that an import may be repeated after it broke off.
 * @throws Error naming the line that is not of an export, or the task that cannot be kept
 */
export async function importTasks(store: Store, lines: AsyncIterable<string>): Promise<Imported> {
  const importing = new Import(store);
  let number = 0;
  for await (const line of lines) {
    number++;
    if (number === 1 && line !== header)
      throw new Error("Line 1: not an export of tasks that this Parley can read");
    if (number === 1 || line === "") continue;
    try {
      importing.take(line);
    } catch (cause) {
      throw new Error(`Line ${number}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
    if (importing.full) await importing.flush();
  }
  if (number === 0) throw new Error("Line 1: not an export of tasks that this Parley can read");
  return importing.end();
}

/** What is to be done, in this order: `last` is the append with which a task is complete. */
type Work = { readonly append: Append; readonly last: boolean } | { readonly config: StoredPushConfig };

class Import {
  readonly #store: Store;
  #work: Work[] = [];
  #size = 0;
  #line: TaskLine | undefined;
  #message: Message | undefined;
  #entries: Entry[] = [];
  /** The last entry of the task that was read. */
  #at = 0;
  #tasks = 0;
  #present = 0;
  /** Tasks that were begun, and how many the last line said there are. */
  #read = 0;
  #exported: number | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  get full(): boolean {
    return this.#size >= step || this.#work.length >= pageSize;
  }

  take(line: string): void {
    const { task, message, event, exported } = JSON.parse(line) as Partial<TaskLine> & {
      readonly message?: Message;
      readonly event?: TaskEvent;
      readonly exported?: number;
    };
    if (exported !== undefined) {
      this.#exported = exported;
      return;
    }
    if (task !== undefined) return this.#begin(JSON.parse(line) as TaskLine);
    if (message !== undefined) {
      this.#message = message;
      return;
    }
    // The event's text stays as it is to the byte.
    const start = /^\{"seq":(\d+),"event":/.exec(line);
    if (event === undefined || !start) throw new Error("neither a task, nor a message, nor an entry");
    this.#add(Number(start[1]), line.slice(start[0].length, -1));
  }

  #begin(line: TaskLine): void {
    this.#complete();
    this.#read++;
    this.#line = line;
    this.#at = 0;
    this.#tell(line);
  }

  #complete(): void {
    if (this.#line && this.#at < this.#line.task.seq)
      throw new Error(
        `task ${this.#line.task.id} breaks off after entry ${this.#at} of ${this.#line.task.seq}`,
      );
  }

  #add(seq: number, json: string): void {
    const line = this.#line;
    if (line === undefined || seq !== this.#at + 1 || seq > line.task.seq)
      throw new Error(`entry ${seq} does not follow entry ${this.#at}`);
    this.#entries.push(new Entry(seq, json, this.#message));
    this.#message = undefined;
    this.#at = seq;
    this.#size += json.length;
    if (seq === line.task.seq || this.full || line.configs.some((told) => told.seq === seq)) this.#cut(line);
  }

  /** A configuration's place is where its task is when it is put. */
  #cut(line: TaskLine): void {
    const last = this.#at === line.task.seq;
    const head: TaskHead = { ...line.task, seq: this.#at, ...(!last && { state: "TASK_STATE_WORKING" }) };
    const entries = this.#entries;
    this.#entries = [];
    const append = { head, expected: this.#at - entries.length, entries, ...(last && { notes: line.notes }) };
    this.#work.push({ append, last });
    this.#tell(line);
  }

  #tell({ configs }: TaskLine): void {
    for (const { seq, config } of configs) if (seq === this.#at) this.#work.push({ config });
  }

  async flush(): Promise<void> {
    const work = this.#work;
    this.#work = [];
    this.#size = 0;
    let batch: Extract<Work, { last: boolean }>[] = [];
    for (const next of work) {
      if ("append" in next) {
        batch.push(next);
        continue;
      }
      await this.#append(batch);
      batch = [];
      const { taskId, id } = next.config;
      if ((await this.#store.pushConfigs.get(taskId, id)) === undefined)
        await this.#store.pushConfigs.put(next.config);
    }
    await this.#append(batch);
  }

  async #append(batch: readonly Extract<Work, { last: boolean }>[]): Promise<void> {
    if (batch.length === 0) return;
    const refused = new Set(await this.#store.journal.append(batch.map(({ append }) => append)));
    for (const { append, last } of batch) {
      const present = refused.has(append) && (await this.#settle(append));
      if (last && present) this.#present++;
      else if (last) this.#tasks++;
    }
  }

  /** Brings what an earlier import has left to its end. @returns whether all of it is there already. */
  async #settle(append: Append): Promise<boolean> {
    const { journal } = this.#store;
    const { id, owner, seq } = append.head;
    const there = await journal.head(id);
    if (there?.owner === owner && there.seq >= seq) return true;
    if (there?.owner === owner && there.seq > append.expected) {
      const entries = append.entries.slice(there.seq - append.expected);
      const refused = await journal.append([{ ...append, expected: there.seq, entries }]);
      if (refused.length === 0) return false;
    }
    throw new Error(`Task ${id} cannot be kept: its id or its context is another owner's`);
  }

  async end(): Promise<Imported> {
    this.#complete();
    await this.flush();
    if (this.#exported !== this.#read)
      throw new Error(`The export breaks off: ${this.#read} of its tasks are there, and its end is not`);
    return { tasks: this.#tasks, present: this.#present };
  }
}
