/** Makes few tasks of a Parley database many, in the database itself: each is copied, with ids of its own. */
import pg from "pg";

/** In the order of their status, the copies of each round are older than all that were there. */
const roundMillis = 1_000_000;

/** What makes one row of a copied task out of one that is there; `$1` numbers the rounds. */
const copies = [
  `INSERT INTO tasks
     SELECT t.age + r * ${roundMillis}, t.loose, t.owner, t.seq, t.snapshot_seq, t.epoch, t.state, t.was, t.claims,
       t.noted, t.id || '-' || r, t.context || '-' || r, t.context_name, t.node
     FROM tasks t, generate_series(1, $1::int) r`,
  `INSERT INTO entries
     SELECT e.seq, e.artifacts_only, e.task || '-' || r, replace(e.body, e.task, e.task || '-' || r)
     FROM entries e, generate_series(1, $1::int) r`,
  `INSERT INTO snapshots
     SELECT s.task || '-' || r, s.seq, replace(s.body, s.task, s.task || '-' || r)
     FROM snapshots s, generate_series(1, $1::int) r`,
  `INSERT INTO context_tasks
     SELECT c.context || '-' || r, c.state, c.n FROM context_tasks c, generate_series(1, $1::int) r`,
  "UPDATE owner_tasks SET n = n * ($1::int + 1)",
];

/** @param times How many tasks there are for each that was. */
export async function multiplyTasks(database: string, times: number): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query("SET search_path = parley");
    await client.query("BEGIN");
    for (const sql of copies) await client.query(sql, [times - 1]);
    await client.query("COMMIT");
    await client.query("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}
