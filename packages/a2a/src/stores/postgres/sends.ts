/** Of a task that is removed the key is found, too. */
export const sendsByTask = "CREATE INDEX sends_by_task ON sends (task)";

/** What a key stands for, and who is at it. `task` need not be there: the claim comes first. */
export const sends = `
CREATE TABLE sends (
  at timestamptz NOT NULL,
  key text COLLATE "C" PRIMARY KEY,
  hash text NOT NULL,
  task text COLLATE "C" NOT NULL,
  node text COLLATE "C" NOT NULL,
  answer text
);
CREATE INDEX sends_by_age ON sends (at);

CREATE FUNCTION claim_send(
  p_key text, p_hash text, p_task text, p_node text, p_keep double precision,
  OUT mine boolean, OUT hash text, OUT task text, OUT answer text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  s record;
BEGIN
  LOOP
    INSERT INTO sends AS o (at, key, hash, task, node) VALUES (clock_timestamp(), p_key, p_hash, p_task, p_node)
      ON CONFLICT (key) DO UPDATE SET
        at = excluded.at, hash = excluded.hash, task = excluded.task, node = excluded.node, answer = NULL
      WHERE o.at <= clock_timestamp() - p_keep * interval '1 millisecond';
    IF FOUND THEN
      mine := true;
      hash := p_hash;
      task := p_task;
      RETURN;
    END IF;
    SELECT o.hash, o.task, o.node, o.answer INTO s FROM sends o WHERE o.key = p_key FOR UPDATE;
    -- It may have been released meanwhile.
    EXIT WHEN FOUND;
  END LOOP;
  hash := s.hash;
  task := s.task;
  answer := s.answer;
  mine := s.hash = p_hash AND s.answer IS NULL
    AND (s.node = p_node
      OR NOT EXISTS (SELECT FROM nodes n WHERE n.id = s.node AND n.expires > clock_timestamp()))
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = s.task);
  IF mine THEN UPDATE sends SET node = p_node WHERE key = p_key; END IF;
END $$;
`;
