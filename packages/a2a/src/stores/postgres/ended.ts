/**
 * What retention needs of tasks that have ended. `folded`: it is done with their entries, which then have numbers
 * below 0, before those of all that are no folds.
 */
export const ended = `
ALTER TABLE tasks ADD COLUMN folded boolean NOT NULL DEFAULT false;
CREATE INDEX tasks_ended ON tasks (folded, age, id) WHERE state IN (3, 4, 5, 7);

CREATE FUNCTION fold_tasks(
  p_tasks text[], p_row_tasks text[], p_row_seqs integer[], p_row_artifacts boolean[], p_row_bodies text[],
  p_sizes bigint[]
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  taken text[];
BEGIN
  taken := array(
    SELECT t.id FROM tasks t WHERE t.id = ANY(p_tasks) AND t.state IN (3, 4, 5, 7) AND NOT t.folded
    ORDER BY t.id FOR NO KEY UPDATE
  );
  DELETE FROM entries WHERE task = ANY(taken) AND task = ANY(p_row_tasks);
  DELETE FROM snapshots WHERE task = ANY(taken) AND task = ANY(p_row_tasks);
  INSERT INTO entries (task, seq, artifacts_only, body)
    SELECT r.task, r.seq, r.artifacts, r.body
    FROM unnest(p_row_tasks, p_row_seqs, p_row_artifacts, p_row_bodies) r (task, seq, artifacts, body)
    WHERE r.task = ANY(taken);
  UPDATE tasks t SET folded = true,
    snapshot_seq = CASE WHEN w.size IS NULL THEN t.snapshot_seq ELSE 0 END, loose = coalesce(w.size, t.loose)
    FROM unnest(p_tasks, p_sizes) w (id, size) WHERE t.id = w.id AND t.id = ANY(taken);
  RETURN cardinality(taken);
END $$;
`;
