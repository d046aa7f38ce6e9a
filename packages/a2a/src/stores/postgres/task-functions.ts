/** What is done to tasks in the database itself: appended to, interjected, counted, removed. */
import { snapshotFrom, snapshotUpTo } from "../sizes.js";

/**
 * Keeps the counters: of each task its owner, its context, the state it was in (0: it is new) and the state it
 * is in (0: it is gone). Contexts that have got another task are counted from their second one on.
 * Rows are written in order, so that no two transactions wait for each other.
 */
export const countTasks = `
CREATE FUNCTION count_tasks(
  p_owners integer[], p_contexts text[], p_froms smallint[], p_tos smallint[], p_joined text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO owner_tasks AS c (owner, state, stripe, n)
    SELECT m.owner, d.state, pg_backend_pid() % 16, sum(d.n)
    FROM unnest(p_owners, p_froms, p_tos) m (owner, was, state),
      LATERAL (VALUES (m.was, -1), (m.state, 1)) d (state, n)
    WHERE m.was <> m.state AND d.state > 0
    GROUP BY m.owner, d.state HAVING sum(d.n) <> 0 ORDER BY m.owner, d.state
    ON CONFLICT (owner, state, stripe) DO UPDATE SET n = c.n + excluded.n;
  INSERT INTO context_tasks AS c (context, state, n)
    SELECT m.context, d.state, sum(d.n)
    FROM unnest(p_contexts, p_froms, p_tos) m (context, was, state),
      LATERAL (VALUES (m.was, -1), (m.state, 1)) d (state, n)
    WHERE m.was <> m.state AND d.state > 0 AND m.context IS NOT NULL
      AND EXISTS (SELECT FROM context_tasks e WHERE e.context = m.context)
    GROUP BY m.context, d.state HAVING sum(d.n) <> 0 ORDER BY m.context COLLATE "C", d.state
    ON CONFLICT (context, state) DO UPDATE SET n = c.n + excluded.n;
  IF p_joined <> '{}' THEN
    INSERT INTO context_tasks (context, state, n)
      SELECT t.context, t.state, count(*) FROM tasks t
      WHERE t.context = ANY(p_joined) AND NOT EXISTS (SELECT FROM context_tasks e WHERE e.context = t.context)
      GROUP BY t.context, t.state ORDER BY t.context, t.state;
  END IF;
END $$;
`;

/** What an append is in the arrays it comes in. Appends are numbered from 1. */
const appends = `(
  SELECT * FROM unnest(p_ids, p_contexts, p_context_names, p_owners, p_states, p_ages, p_seqs, p_expecteds, p_looses,
    p_helds, p_nodes, p_epochs, p_noteds, p_waves) WITH ORDINALITY
    u (id, context, context_name, owner, state, age, seq, expected, loose, held, node, epoch, noted, wave, n)
) b`;

const columns = "id, context, context_name, owner, state, age, seq, loose, node, epoch, noted, claims";
const created =
  "b.id, b.context, b.context_name, b.owner, b.state, b.age, b.seq, b.loose, b.node, coalesce(b.epoch, 0), b.noted";

/**
 * One append call. Appends of one wave are of different tasks. Expecting 0 creates. Held: the task's node is set;
 * its epoch must be the one given, unless that is null. Bodies of entries are pieces of `p_bytes`, which spares both
 * sides the quoting of arrays. Answers which were refused, and of which a snapshot is worth keeping.
 *
 * A task that comes into a context that is there holds on to the one that claims it, so that neither that one nor
 * its state goes away meanwhile.
 */
export const append = `
CREATE FUNCTION append(
  p_writer uuid, p_call bigint,
  p_ids text[], p_contexts text[], p_context_names text[], p_owners integer[], p_states smallint[],
  p_ages bigint[], p_seqs integer[], p_expecteds integer[], p_looses bigint[], p_helds boolean[],
  p_nodes text[], p_epochs integer[], p_noteds boolean[], p_waves integer[],
  p_row_appends integer[], p_row_tasks text[], p_row_seqs integer[], p_row_artifacts boolean[],
  p_row_starts integer[], p_row_lengths integer[], p_bytes bytea,
  p_note_appends integer[], p_note_tasks text[], p_note_keys text[], p_note_names text[], p_note_bodies text[],
  OUT refused integer[], OUT long integer[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  taken integer[] := '{}';
  all_taken boolean;
  owners integer[] := '{}';
  contexts text[] := '{}';
  froms smallint[] := '{}';
  tos smallint[] := '{}';
  joined text[] := '{}';
  ended text[] := '{}';
  made text[];
  wanted integer;
  m record;
  b record;
  holder integer;
BEGIN
  refused := '{}';
  long := '{}';
  IF NOT first_time(p_writer, p_call) THEN
    refused := array(SELECT value::integer FROM json_array_elements_text(answer_to(p_writer, p_call)));
    RETURN;
  END IF;

  FOR w IN 1 .. (SELECT max(v) FROM unnest(p_waves) v) LOOP
    -- Most tasks are the first of their context.
    WITH new AS (
      INSERT INTO tasks (${columns})
        SELECT ${created}, true FROM ${appends} WHERE b.wave = w AND b.expected = 0 ORDER BY b.context COLLATE "C", b.n
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT coalesce(array_agg(new.id), '{}') INTO made FROM new;
    wanted := (SELECT count(*) FROM unnest(p_expecteds, p_waves) u (expected, wave) WHERE wave = w AND expected = 0);
    -- The rest joins contexts. Rows are locked in one order by everybody, so that nobody waits in a circle.
    IF cardinality(made) < wanted THEN
      PERFORM FROM tasks t WHERE t.id = ANY(array(
        SELECT b.id FROM ${appends} WHERE b.wave = w AND b.expected > 0
        UNION
        SELECT c.id FROM ${appends} JOIN tasks c ON c.context = b.context AND c.claims
        WHERE b.wave = w AND b.expected = 0 AND b.id <> ALL(made)
      )) ORDER BY t.id FOR NO KEY UPDATE;
    END IF;

    WITH moved AS (
      UPDATE tasks t SET was = t.state, state = b.state, age = b.age, seq = b.seq, loose = t.loose + b.loose,
        node = CASE WHEN b.held THEN b.node ELSE t.node END, noted = t.noted OR b.noted
      FROM (SELECT * FROM ${appends} WHERE b.wave = w AND b.expected > 0 ORDER BY b.id COLLATE "C") b
      WHERE t.id = b.id AND t.seq = b.expected AND (b.epoch IS NULL OR b.epoch = t.epoch)
      RETURNING b.n::integer, t.id, t.owner, t.context, t.was, t.state, t.noted, t.loose
    )
    SELECT array_agg(v.n) AS ns, array_agg(v.owner) AS owners, array_agg(v.context) AS contexts,
      array_agg(v.was) AS froms, array_agg(v.state) AS tos,
      array_agg(v.n) FILTER (WHERE v.loose >= ${snapshotFrom} AND v.loose < ${snapshotUpTo}) AS long,
      array_agg(v.id) FILTER (WHERE v.noted AND v.state IN (3, 4, 5, 7)) AS ended
      INTO m FROM moved v;
    taken := taken || m.ns;
    owners := owners || m.owners;
    contexts := contexts || m.contexts;
    froms := froms || m.froms;
    tos := tos || m.tos;
    long := long || m.long;
    ended := ended || m.ended;

    IF cardinality(made) < wanted THEN
      FOR b IN SELECT * FROM ${appends} WHERE b.wave = w AND b.expected = 0 AND b.id <> ALL(made) ORDER BY b.context COLLATE "C", b.n LOOP
        LOOP
          SELECT t.owner INTO holder FROM tasks t WHERE t.context = b.context AND t.claims FOR NO KEY UPDATE;
          EXIT WHEN holder <> b.owner;
          INSERT INTO tasks (${columns}) VALUES (${created}, holder IS NULL) ON CONFLICT DO NOTHING;
          IF FOUND THEN
            made := made || b.id;
            IF holder IS NOT NULL THEN joined := joined || b.context; END IF;
            EXIT;
          END IF;
          -- Unless the id is taken, the context came to be just now.
          EXIT WHEN EXISTS (SELECT FROM tasks t WHERE t.id = b.id);
        END LOOP;
      END LOOP;
    END IF;
    SELECT array_agg(b.n::integer) AS ns, array_agg(b.owner) AS owners,
      array_agg(CASE WHEN b.context = ANY(joined) THEN b.context END) AS contexts,
      array_agg(0::smallint) AS froms, array_agg(b.state) AS tos,
      array_agg(b.n::integer) FILTER (WHERE b.loose >= ${snapshotFrom} AND b.loose < ${snapshotUpTo}) AS long
      INTO m
      FROM ${appends}
      WHERE b.wave = w AND b.expected = 0 AND (cardinality(made) = wanted OR b.id = ANY(made));
    taken := taken || m.ns;
    owners := owners || m.owners;
    contexts := contexts || m.contexts;
    froms := froms || m.froms;
    tos := tos || m.tos;
    long := long || m.long;
  END LOOP;

  all_taken := cardinality(taken) = cardinality(p_ids);
  INSERT INTO entries (task, seq, artifacts_only, body)
    SELECT r.task, r.seq, r.artifacts, convert_from(substring(p_bytes FROM r.start FOR r.length), 'UTF8')
    FROM unnest(p_row_appends, p_row_tasks, p_row_seqs, p_row_artifacts, p_row_starts, p_row_lengths)
      r (n, task, seq, artifacts, start, length)
    WHERE all_taken OR r.n = ANY(taken);
  IF p_note_appends <> '{}' THEN
    INSERT INTO notes AS o (task, key, name, body)
      SELECT DISTINCT ON (r.task, r.key) r.task, r.key, r.name, r.body
      FROM unnest(p_note_appends, p_note_tasks, p_note_keys, p_note_names, p_note_bodies) WITH ORDINALITY
        r (n, task, key, name, body, i)
      WHERE all_taken OR r.n = ANY(taken)
      ORDER BY r.task, r.key, r.i DESC
      ON CONFLICT (task, key) DO UPDATE SET body = excluded.body;
  END IF;
  IF ended <> '{}' THEN DELETE FROM notes WHERE task = ANY(ended); END IF;
  PERFORM count_tasks(owners, contexts, froms, tos, joined);
  IF NOT all_taken THEN
    refused := array(SELECT generate_series(1, cardinality(p_ids)) EXCEPT SELECT unnest(taken) ORDER BY 1);
    UPDATE writers SET answer = to_json(refused) WHERE id = p_writer;
  END IF;
END $$;
`;

/**
 * One entry at the end of a task. Answers its number, and the epoch when `p_node` works on the task from now on.
 * Nothing when the task is another owner's or in none of the states.
 */
export const interject = `
CREATE FUNCTION interject(
  p_writer uuid, p_call bigint,
  p_id text, p_owner text, p_after smallint[], p_state smallint, p_age bigint, p_ended boolean,
  p_artifacts boolean, p_body text, p_loose bigint, p_node text,
  p_note_keys text[], p_note_names text[], p_note_bodies text[],
  OUT seq integer, OUT epoch integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  answer json;
  t record;
BEGIN
  IF NOT first_time(p_writer, p_call) THEN
    answer := answer_to(p_writer, p_call);
    seq := (answer->>0)::integer;
    epoch := (answer->>1)::integer;
    RETURN;
  END IF;
  SELECT k.* INTO t FROM tasks k JOIN owners o ON o.id = k.owner
    WHERE k.id = p_id AND o.key = p_owner AND k.state = ANY(p_after) FOR NO KEY UPDATE OF k;
  IF NOT FOUND THEN RETURN; END IF;

  seq := t.seq + 1;
  IF NOT p_ended AND p_node IS NOT NULL AND
    NOT EXISTS (SELECT FROM nodes n WHERE n.id = t.node AND n.id <> p_node AND n.expires > clock_timestamp())
  THEN
    epoch := t.epoch + 1;
    t.node := p_node;
    INSERT INTO notes AS o (task, key, name, body)
      SELECT p_id, r.key, r.name, r.body FROM unnest(p_note_keys, p_note_names, p_note_bodies) r (key, name, body)
      ON CONFLICT (task, key) DO UPDATE SET body = excluded.body;
    t.noted := t.noted OR p_note_keys <> '{}';
  END IF;
  IF p_ended THEN
    t.node := NULL;
    IF t.noted THEN DELETE FROM notes WHERE task = p_id; END IF;
  END IF;
  UPDATE tasks k SET was = t.state, state = p_state, age = p_age, seq = interject.seq, loose = t.loose + p_loose,
    epoch = coalesce(interject.epoch, t.epoch), node = t.node, noted = t.noted
    WHERE k.id = p_id;
  INSERT INTO entries (task, seq, artifacts_only, body) VALUES (p_id, interject.seq, p_artifacts, p_body);
  PERFORM count_tasks(array[t.owner], array[t.context], array[t.state], array[p_state], '{}');
  UPDATE writers SET answer = json_build_array(interject.seq, interject.epoch) WHERE id = p_writer;
END $$;
`;

/** A context whose first task goes is claimed by another one, if it has one. */
export const remove = `
CREATE FUNCTION remove(p_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t record;
BEGIN
  -- In the order in which appends lock.
  PERFORM FROM tasks k WHERE k.id = ANY(array(
    SELECT p_id
    UNION
    SELECT (SELECT o.id FROM tasks o WHERE o.context = c.context AND o.id <> p_id LIMIT 1)
    FROM tasks c WHERE c.id = p_id AND c.claims
  )) ORDER BY k.id FOR UPDATE;
  DELETE FROM tasks k WHERE k.id = p_id RETURNING * INTO t;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM entries WHERE task = p_id;
  DELETE FROM snapshots WHERE task = p_id;
  DELETE FROM push_configs WHERE task = p_id;
  IF t.noted THEN DELETE FROM notes WHERE task = p_id; END IF;
  PERFORM count_tasks(array[t.owner], array[t.context], array[t.state], array[0::smallint], '{}');
  WHILE t.claims LOOP
    UPDATE tasks k SET claims = true WHERE k.id = (SELECT o.id FROM tasks o WHERE o.context = t.context LIMIT 1);
    EXIT WHEN FOUND;
    IF NOT EXISTS (SELECT FROM tasks o WHERE o.context = t.context) THEN
      DELETE FROM context_tasks c WHERE c.context = t.context;
      EXIT;
    END IF;
  END LOOP;
END $$;
`;
