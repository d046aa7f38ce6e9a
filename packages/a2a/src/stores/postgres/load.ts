/** Loading Tasks: short ones in a single query, however many; long ones step by step. */
import type { Entry, LoadOptions, Snapshot } from "../../ports/index.js";
import type { Task } from "../../protocol/index.js";
import { fold, foldWithoutArtifacts } from "../fold.js";
import { foldChunk } from "../sizes.js";
import { toEntries, toKey } from "../text.js";
import { type Lanes, statement } from "./lanes.js";
import { type HeadRow, headColumns, toHead } from "./rows.js";

/** Rows without artifacts, which are short. */
const rowsAtOnce = 64;

/** One of a short task's rows of entries; `body` is null when it has none or is not short. */
interface ShortRow extends HeadRow {
  readonly loose: number;
  readonly snapshot_seq: number;
  readonly last: number | null;
  readonly body: string | null;
}

const short = 64 * 1024;
const tasks = (condition: string) => `
  SELECT ${headColumns}, t.loose, t.snapshot_seq, e.seq AS last, e.body
  FROM unnest($1::text[]) w (id) JOIN tasks t ON t.id = w.id JOIN owners o ON o.id = t.owner
  LEFT JOIN entries e ON e.task = t.id AND t.loose < ${short} AND t.snapshot_seq = 0 ${condition}
  ORDER BY t.id, e.seq`;

const withArtifacts = statement<ShortRow>("load", tasks(""));
const withoutArtifacts = statement<ShortRow>("load-without-artifacts", tasks("AND NOT e.artifacts_only"));

const snapshotAt = statement<{ body: string }>(
  "snapshot",
  "SELECT body FROM snapshots WHERE task = $1 AND seq = $2",
);

/** Before the first of entries that were folded. */
const start = -(2 ** 31);

const nextEntries = statement<{ seq: number; body: string }>(
  "entries",
  `SELECT seq, body FROM (
     SELECT seq, body, sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before
     FROM (SELECT seq, body FROM entries WHERE task = $1 AND seq > $2 ORDER BY seq LIMIT 256) e
   ) e WHERE before < greatest($3::bigint, 1) ORDER BY seq`,
);

/** Rows with more than artifacts in them. */
const entriesBeyondArtifacts = statement<{ seq: number; body: string }>(
  "entries-beyond-artifacts",
  `SELECT seq, body FROM entries WHERE task = $1 AND seq > $2 AND NOT artifacts_only ORDER BY seq LIMIT ${rowsAtOnce}`,
);

const isWhole = statement("is-whole", "SELECT FROM tasks WHERE id = $1 AND NOT folded");

/** Those that were folded, too. */
export async function read(lanes: Lanes, task: string, after: number, maxBytes: number): Promise<Entry[]> {
  const rows = await lanes.query(nextEntries, [task, after, Math.min(maxBytes, Number.MAX_SAFE_INTEGER)]);
  const entries = rows.flatMap(toEntries);
  const first = entries.findIndex(({ seq }) => seq > after);
  return first > 0 ? entries.slice(first) : entries;
}

/** The Tasks that are there, by id. @param once Not to look again at those that were folded meanwhile. */
export async function loadMany(
  lanes: Lanes,
  ids: readonly string[],
  { artifacts = true }: LoadOptions = {},
  once = false,
): Promise<Map<string, Snapshot>> {
  const rows = await lanes.query(artifacts ? withArtifacts : withoutArtifacts, [
    [...new Set(ids.map(toKey))],
  ]);
  const found = new Map<string, Snapshot>();
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const row = rows[from] as ShortRow;
    while (rows[to]?.id === row.id) to++;
    const head = toHead(row);
    const isShort = row.loose < short && row.snapshot_seq === 0;
    const task = isShort ? foldRows(rows.slice(from, to), artifacts) : await foldLong(lanes, row, artifacts);
    if (task === undefined) {
      // It was folded or removed meanwhile.
      const again = once ? undefined : await loadMany(lanes, [head.id], { artifacts }, true);
      for (const [id, snapshot] of again ?? []) found.set(id, snapshot);
    } else found.set(head.id, { head, json: typeof task === "string" ? task : JSON.stringify(task) });
  }
  return found;
}

function foldRows(rows: readonly ShortRow[], artifacts: boolean): Task | undefined {
  const folding = artifacts ? fold : foldWithoutArtifacts;
  let task: Task | undefined;
  for (const { last, body } of rows) {
    if (last !== null && body !== null) task = folding(task, toEntries({ seq: last, body }));
  }
  return task;
}

/** As it was when its row was read; undefined when it was removed or folded meanwhile. */
function foldLong(lanes: Lanes, row: ShortRow, artifacts: boolean): Promise<Task | string | undefined> {
  return artifacts ? foldFromSnapshot(lanes, row) : foldFromStart(lanes, row);
}

async function foldFromSnapshot(
  lanes: Lanes,
  { id, seq, snapshot_seq }: ShortRow,
): Promise<Task | string | undefined> {
  const kept = snapshot_seq > 0 ? (await lanes.query(snapshotAt, [id, snapshot_seq]))[0]?.body : undefined;
  if (kept !== undefined && snapshot_seq === seq) return kept;
  let task = kept === undefined ? undefined : (JSON.parse(kept) as Task);
  // Without the snapshot, which a newer one has replaced, from the start.
  for (let last = kept === undefined ? start : snapshot_seq; last < seq; ) {
    const entries = await read(lanes, id, last, foldChunk);
    if (entries.length === 0) return last === -1 ? task : undefined;
    task = fold(
      task,
      entries.filter((entry) => entry.seq <= seq),
    );
    last = (entries.at(-1) as Entry).seq;
  }
  return task;
}

/**
 * From the first entry on: a snapshot has the artifacts in it, and is only kept of a log that is not long.
 * When entries were folded on the way, those of later pages were missed.
 */
async function foldFromStart(lanes: Lanes, { id, seq }: ShortRow): Promise<Task | undefined> {
  let task: Task | undefined;
  let split = false;
  for (let last = start; last < seq; ) {
    const rows = await lanes.query(entriesBeyondArtifacts, [id, last]);
    split ||= last > 0;
    for (const row of rows) if (row.seq <= seq) task = foldWithoutArtifacts(task, toEntries(row));
    last = rows.length < rowsAtOnce ? seq : (rows.at(-1)?.seq ?? seq);
  }
  return split && (await lanes.query(isWhole, [id])).length === 0 ? undefined : task;
}
