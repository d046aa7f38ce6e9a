/** An interjection into a task that must be at a number. One that is made again after its answer got lost is answered again. */
export const interjectAt = `
CREATE FUNCTION interject_at(
  p_at integer, p_writer uuid, p_call bigint,
  p_id text, p_owner text, p_after smallint[], p_state smallint, p_age bigint, p_ended boolean,
  p_artifacts boolean, p_body text, p_loose bigint, p_node text,
  p_note_keys text[], p_note_names text[], p_note_bodies text[],
  OUT seq integer, OUT epoch integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (SELECT FROM writers w WHERE w.id = p_writer AND w.call = p_call) THEN
    PERFORM FROM tasks t WHERE t.id = p_id AND t.seq = p_at FOR NO KEY UPDATE;
    -- Whoever waited for the first attempt finds the task further on, and that it was called before.
    IF NOT FOUND AND NOT EXISTS (SELECT FROM writers w WHERE w.id = p_writer AND w.call = p_call) THEN RETURN; END IF;
  END IF;
  SELECT i.seq, i.epoch INTO seq, epoch FROM interject(p_writer, p_call, p_id, p_owner, p_after, p_state, p_age,
    p_ended, p_artifacts, p_body, p_loose, p_node, p_note_keys, p_note_names, p_note_bodies) i;
END $$;
`;
