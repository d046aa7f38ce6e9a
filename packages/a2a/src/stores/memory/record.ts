/** What is kept of one task. Its fields are flat and its strings are shared, because there may be a million of them. */
import type { Entry, ListQuery, TaskHead } from "../../ports/index.js";
import type { TaskState } from "../../protocol/index.js";

export class TaskRecord implements TaskHead {
  readonly id: string;
  readonly contextId: string;
  readonly owner: string;
  state: TaskState;
  statusMillis: number;
  seq: number;
  /** Entries, or the folded Task as JSON once the task has ended and its entries were dropped. */
  body: Tail | string;

  constructor(head: TaskHead, contextId: string, owner: string) {
    this.id = head.id;
    this.contextId = contextId;
    this.owner = owner;
    this.state = head.state;
    this.statusMillis = head.statusMillis;
    this.seq = head.seq;
    this.body = new Tail(1);
  }
}

/** The entries of a task from `first` on, and the last Task folded from them. */
export class Tail {
  readonly entries: Entry[] = [];

  constructor(
    readonly first: number,
    public text?: string,
    /** The entry up to which `text` is folded. */
    public textSeq = 0,
  ) {}
}

/** A head that stays as it is when the record moves on. */
export function headOf({ id, contextId, owner, state, statusMillis, seq }: TaskRecord): TaskHead {
  return { id, contextId, owner, state, statusMillis, seq };
}

/** A place in the order of lists: a task, or a cursor where one was. */
export type Place = NonNullable<ListQuery["after"]>;

/** Whether `a` is listed after `b`: newest status first, then by id. */
export function follows(a: Place, b: Place): boolean {
  return a.statusMillis !== b.statusMillis ? a.statusMillis < b.statusMillis : a.id > b.id;
}
