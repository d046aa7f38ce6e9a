/** The statements about push configurations, their places and dead letters. */
import { isTerminal } from "../../protocol/index.js";
import { stateNames } from "../text.js";
import type { Preparing } from "./driver.js";

/** The number a place's state is stored as. */
export const placeStates = ["active", "done", "disabled"] as const;

export interface PlaceRow {
  readonly body: string;
  readonly state: number;
  readonly seq: number;
  readonly attempts: number;
  readonly failing: number;
  readonly error: string | null;
  readonly due: number | null;
  /** Of the task, if it is there. */
  readonly task_seq: number | null;
  readonly task_state: number | null;
}

export interface LetterRow {
  readonly seq: number;
  readonly attempts: number;
  readonly error: string;
}

const terminal = stateNames.flatMap((name, number) => (isTerminal(name) ? [number] : [])).join(", ");

const columns =
  "c.body, p.state, p.seq, p.attempts, p.failing, p.error, p.due, t.seq AS task_seq, t.state AS task_state";
const joined =
  "places p JOIN push_configs c ON c.task = p.task AND c.id = p.config LEFT JOIN tasks t ON t.id = p.task";
const places = `SELECT ${columns} FROM ${joined}`;
const letters = "(SELECT count(*) FROM dead_letters d WHERE d.task = p.task AND d.config = p.config)";

const ready = "p.state = 0 AND (p.due <= ? OR (p.due IS NULL AND t.seq > p.seq))";

export function pushStatements(db: Preparing) {
  return {
    putConfig: db.prepare(
      "INSERT INTO push_configs VALUES (?, ?, ?) ON CONFLICT (task, id) DO UPDATE SET body = excluded.body",
    ),
    config: db.prepare<{ body: string }>("SELECT body FROM push_configs WHERE task = ? AND id = ?"),
    configs: db.prepare<{ body: string }>("SELECT body FROM push_configs WHERE task = ? ORDER BY rowid"),
    deleteConfig: db.prepare("DELETE FROM push_configs WHERE task = ? AND id = ?"),
    deleteConfigs: db.prepare("DELETE FROM push_configs WHERE task = ?"),

    /** Where its task is, which may not be there yet; or as it was, without its failures. */
    putPlace: db.prepare(
      `INSERT INTO places (task, config, state, seq, made)
       SELECT p.task, p.config, coalesce(t.state, 0) IN (${terminal}), coalesce(t.seq, 0), p.now
       FROM (SELECT ?1 AS task, ?2 AS config, ?3 AS now) p LEFT JOIN tasks t ON t.id = p.task WHERE true
       ON CONFLICT (task, config) DO UPDATE
       SET state = state = 1, attempts = 0, failing = 0, error = NULL, due = excluded.made`,
    ),
    savePlace: db.prepare(
      "UPDATE places SET state = ?, seq = ?, attempts = ?, failing = ?, error = ?, due = ? WHERE task = ? AND config = ?",
    ),
    deletePlace: db.prepare("DELETE FROM places WHERE task = ? AND config = ?"),
    deletePlaces: db.prepare("DELETE FROM places WHERE task = ?"),
    activeTasks: db.prepare<{ task: string }>("SELECT DISTINCT task FROM places WHERE state = 0"),
    duePlaces: db.prepare<PlaceRow>(`${places} WHERE p.state = 0 AND p.due <= ? ORDER BY p.due LIMIT ?`),
    readyPlaces: db.prepare<PlaceRow>(`${places} WHERE ${ready} LIMIT ?`),
    readyPlacesOf: db.prepare<PlaceRow>(`${places} WHERE p.task = ? AND ${ready} ORDER BY c.rowid`),
    listedPlaces: db.prepare<PlaceRow & { letters: number }>(
      `SELECT ${columns}, ${letters} AS letters FROM ${joined}
       WHERE (?1 = '' OR p.task = ?1) AND (p.task, p.config) > (?2, ?3)
         AND (?4 = 0 OR p.state = 2 OR p.attempts > 0 OR p.failing = 1 OR ${letters} > 0)
       ORDER BY p.task, p.config LIMIT ?5`,
    ),
    orphans: db.prepare<{ task: string; config: string }>(
      "SELECT task, config FROM places WHERE state = 0 AND made <= ? AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = places.task)",
    ),
    wakePlace: db.prepare(
      "UPDATE places SET state = 0, attempts = 0, failing = 0, error = NULL, due = ? WHERE task = ? AND config = ?",
    ),

    putLetter: db.prepare(
      `INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (task, config, seq) DO UPDATE
       SET attempts = attempts + excluded.attempts, error = excluded.error, again = 0`,
    ),
    letters: db.prepare<LetterRow>(
      "SELECT seq, attempts, error FROM dead_letters WHERE task = ? AND config = ? AND seq > ? ORDER BY seq LIMIT ?",
    ),
    lettersAgain: db.prepare<{ seq: number }>(
      "SELECT seq FROM dead_letters WHERE task = ? AND config = ? AND again = 1 ORDER BY seq LIMIT ?",
    ),
    sendAgain: db.prepare("UPDATE dead_letters SET again = 1 WHERE task = ? AND config = ? AND seq = ?"),
    sendAllAgain: db.prepare("UPDATE dead_letters SET again = 1 WHERE task = ? AND config = ?"),
    deleteLetter: db.prepare("DELETE FROM dead_letters WHERE task = ? AND config = ? AND seq = ?"),
    deleteLettersOf: db.prepare("DELETE FROM dead_letters WHERE task = ? AND config = ?"),
    deleteLetters: db.prepare("DELETE FROM dead_letters WHERE task = ?"),
  };
}
