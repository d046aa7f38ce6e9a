/** The statements about idempotency keys. */
import type { Preparing } from "./driver.js";

export interface SendRow {
  readonly hash: string;
  readonly task: string;
  readonly node: string;
  readonly answer: string | null;
}

export const sendStatements = (db: Preparing) => ({
  sentUnder: db.prepare<SendRow>("SELECT hash, task, node, answer FROM sends WHERE key = ? AND at > ?"),
  putSend: db.prepare("INSERT OR REPLACE INTO sends (key, hash, task, node, at) VALUES (?, ?, ?, ?, ?)"),
  holdSend: db.prepare("UPDATE sends SET node = ? WHERE key = ?"),
  settleSend: db.prepare("UPDATE sends SET answer = ? WHERE key = ?"),
  releaseSend: db.prepare("DELETE FROM sends WHERE key = ? AND node = ? AND answer IS NULL"),
  /** The key under which a task was made. */
  deleteSends: db.prepare("DELETE FROM sends WHERE task = ?"),
  expireSends: db.prepare("DELETE FROM sends WHERE at <= ?"),
});
