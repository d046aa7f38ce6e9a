/** What nodes do in the database itself: they live, take over tasks, and tell what became of the places they claimed. */

/**
 * Which nodes work on tasks and are not among the living: a look at each node, not at each task. A node takes nothing
 * over from itself but for what it names, and nothing at all when its own time has run out.
 */
export const takeOver = `
CREATE FUNCTION take_over(p_writer uuid, p_call bigint, p_node text, p_limit integer, p_again text[])
RETURNS TABLE (task text, task_epoch integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  dead text[];
  taken text[];
BEGIN
  IF NOT first_time(p_writer, p_call) THEN
    RETURN QUERY SELECT t.id, t.epoch FROM tasks t
      WHERE t.node = p_node AND t.id IN (SELECT json_array_elements_text(answer_to(p_writer, p_call)));
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM nodes n WHERE n.id = p_node AND n.expires > clock_timestamp()) THEN RETURN; END IF;
  WITH RECURSIVE holders AS (
    (SELECT t.node FROM tasks t WHERE t.state IN (1, 2) AND t.node IS NOT NULL ORDER BY t.node LIMIT 1)
    UNION ALL
    SELECT (SELECT t.node FROM tasks t WHERE t.state IN (1, 2) AND t.node > h.node ORDER BY t.node LIMIT 1)
      FROM holders h WHERE h.node IS NOT NULL
  )
  SELECT coalesce(array_agg(h.node), '{}') INTO dead FROM holders h
    WHERE h.node <> p_node AND NOT EXISTS (SELECT FROM nodes n WHERE n.id = h.node AND n.expires > clock_timestamp());
  taken := array(
    SELECT t.id FROM tasks t WHERE t.state IN (1, 2) AND t.node = ANY(dead) LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  );
  taken := taken || array(
    SELECT t.id FROM tasks t WHERE t.state IN (1, 2) AND t.node IS NULL LIMIT p_limit - cardinality(taken)
    FOR NO KEY UPDATE SKIP LOCKED
  );
  taken := taken || array(
    SELECT t.id FROM tasks t WHERE t.state IN (1, 2) AND t.id = ANY(p_again) AND t.node = p_node
    FOR NO KEY UPDATE SKIP LOCKED
  );
  UPDATE tasks t SET node = NULL, epoch = t.epoch + 1 WHERE t.id IN (
    SELECT w.id FROM tasks w WHERE w.state IN (6, 8) AND w.id = ANY(p_again) AND w.node = p_node
    FOR NO KEY UPDATE SKIP LOCKED
  );
  DELETE FROM nodes WHERE expires < now() - interval '1 day';
  IF taken = '{}' THEN RETURN; END IF;
  UPDATE writers SET answer = to_json(taken) WHERE id = p_writer;
  RETURN QUERY UPDATE tasks t SET node = p_node, epoch = t.epoch + 1 WHERE t.id = ANY(taken) RETURNING t.id, t.epoch;
END $$;
`;

/** Null: the node was not known. False: it was known and its time had run out. Made again, it beats again. */
export const beat = `
CREATE FUNCTION beat(p_writer uuid, p_call bigint, p_node text, p_millis integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  alive boolean;
BEGIN
  SELECT n.expires > clock_timestamp() INTO alive FROM nodes n WHERE n.id = p_node FOR UPDATE;
  INSERT INTO nodes (id, expires) VALUES (p_node, clock_timestamp() + p_millis * interval '1 ms')
    ON CONFLICT (id) DO UPDATE SET expires = excluded.expires;
  IF first_time(p_writer, p_call) THEN UPDATE writers SET answer = to_json(alive) WHERE id = p_writer;
  ELSE alive := alive AND coalesce(answer_to(p_writer, p_call)::text::boolean, true);
  END IF;
  RETURN alive;
END $$;
`;

/** What became of places that a node has claimed. Answers which are no longer the node's, by their place from 1. */
export const savePlaces = `
CREATE FUNCTION save_places(
  p_writer uuid, p_call bigint, p_node text, p_millis integer,
  p_tasks text[], p_configs text[], p_states smallint[], p_seqs integer[], p_attempts integer[],
  p_failings boolean[], p_errors text[], p_dues double precision[], p_keeps boolean[],
  p_dead_places integer[], p_dead_seqs integer[], p_dead_attempts integer[], p_dead_errors text[],
  p_delivered_places integer[], p_delivered_seqs integer[],
  OUT refused integer[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  taken integer[];
BEGIN
  IF NOT first_time(p_writer, p_call) THEN
    refused := array(SELECT value::integer FROM json_array_elements_text(answer_to(p_writer, p_call)));
    RETURN;
  END IF;
  WITH saved AS (
    UPDATE push_configs p SET state = b.state, seq = b.seq, attempts = b.attempts, failing = b.failing, error = b.error,
      due = clock_timestamp() + b.due * interval '1 ms',
      node = CASE WHEN b.keep THEN p_node END, held_until = clock_timestamp() + p_millis * interval '1 ms'
    FROM unnest(p_tasks, p_configs, p_states, p_seqs, p_attempts, p_failings, p_errors, p_dues, p_keeps) WITH ORDINALITY
      b (task, config, state, seq, attempts, failing, error, due, keep, n)
    WHERE p.task = b.task AND p.id = b.config AND p.node = p_node
    RETURNING b.n::integer
  )
  SELECT coalesce(array_agg(n), '{}') INTO taken FROM saved;
  INSERT INTO dead_letters AS o (task, config, seq, attempts, error)
    SELECT p_tasks[d.n], p_configs[d.n], d.seq, d.attempts, d.error
    FROM unnest(p_dead_places, p_dead_seqs, p_dead_attempts, p_dead_errors) d (n, seq, attempts, error)
    WHERE d.n = ANY(taken)
    ON CONFLICT (task, config, seq) DO UPDATE
    SET attempts = o.attempts + excluded.attempts, error = excluded.error, again = false;
  DELETE FROM dead_letters o USING unnest(p_delivered_places, p_delivered_seqs) d (n, seq)
    WHERE o.task = p_tasks[d.n] AND o.config = p_configs[d.n] AND o.seq = d.seq AND d.n = ANY(taken);
  refused := array(SELECT generate_series(1, cardinality(p_tasks)) EXCEPT SELECT unnest(taken) ORDER BY 1);
  IF refused <> '{}' THEN UPDATE writers SET answer = to_json(refused) WHERE id = p_writer; END IF;
END $$;
`;
