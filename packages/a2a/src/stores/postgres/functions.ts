/** What is done in the database itself, so that a call is one round trip and one transaction. */
import { beat, savePlaces, takeOver } from "./node-functions.js";
import { append, countTasks, interject, remove } from "./task-functions.js";

/** True the first time that a writer makes this call. The same call on another connection waits for this one. */
const firstTime = `
CREATE FUNCTION first_time(p_writer uuid, p_call bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO writers AS w (id, call, at) VALUES (p_writer, p_call, now())
    ON CONFLICT (id) DO UPDATE SET call = p_call, at = now(), answer = NULL WHERE w.call < p_call;
  RETURN FOUND;
END $$;
`;

/** What the call was answered when it was made the first time. Null: nothing worth keeping. */
const answerTo = `
CREATE FUNCTION answer_to(p_writer uuid, p_call bigint) RETURNS json LANGUAGE sql AS $$
  SELECT answer FROM writers WHERE id = p_writer AND call = p_call
$$;
`;

/** A function comes after those that it calls. */
export const functions = [
  firstTime,
  answerTo,
  countTasks,
  append,
  interject,
  takeOver,
  beat,
  remove,
  savePlaces,
].join("");
