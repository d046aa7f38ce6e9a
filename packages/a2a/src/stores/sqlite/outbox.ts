import type {
  Claim,
  ClaimedPlace,
  DeadLetter,
  Delivery,
  DeliveryQuery,
  Outbox,
  PlaceState,
  Progress,
} from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { fromKey, stateNames, toKey } from "../text.js";
import type { Connection } from "./connection.js";
import type { Holders } from "./holders.js";
import { parse } from "./push-configs.js";
import { type PlaceRow, placeStates } from "./push-statements.js";

/** How many dead letters are handed out at a time. */
const againLimit = 100;

/** The places of the configurations, in the database file. */
export class SqliteOutbox implements Outbox {
  readonly #connection: Connection;
  readonly #holders: Holders;

  constructor(connection: Connection, holders: Holders) {
    this.#connection = connection;
    this.#holders = holders;
  }

  claim({ node, leaseMillis, limit, of }: Claim): readonly ClaimedPlace[] {
    const claimed: ClaimedPlace[] = [];
    for (const row of this.#candidates(of, limit)) {
      if (claimed.length === limit) break;
      const config = parse(row);
      if (this.#holders.of(config.taskId, config.id) !== undefined) continue;
      this.#holders.hold(config.taskId, config.id, node, leaseMillis);
      const again = this.#connection.sql.lettersAgain.all(toKey(config.taskId), toKey(config.id), againLimit);
      const state = stateNames[row.task_state ?? 0];
      claimed.push({
        ...placeOf(row),
        config,
        again: again.map(({ seq }) => seq),
        taskSeq: row.task_seq ?? 0,
        ended: state !== undefined && isTerminal(state),
      });
    }
    return claimed;
  }

  #candidates(of: Claim["of"], limit: number): readonly PlaceRow[] {
    const { sql } = this.#connection;
    const now = Date.now();
    // What is claimed already may be among them.
    const most = limit + this.#holders.size;
    if (of === "due") return sql.duePlaces.all(now, most);
    if (of === "all") return sql.readyPlaces.all(now, most);
    return of.flatMap((taskId) => sql.readyPlacesOf.all(toKey(taskId), now));
  }

  save(node: string, leaseMillis: number, batch: readonly Progress[]): readonly Progress[] {
    const refused = this.#connection.writer.transaction(() =>
      batch.filter((progress) => !this.#save(node, progress)),
    );
    for (const progress of batch) {
      const { taskId, configId, keep } = progress;
      if (refused.includes(progress)) continue;
      if (keep) this.#holders.hold(taskId, configId, node, leaseMillis);
      else this.#holders.release(taskId, configId);
    }
    return refused;
  }

  #save(node: string, progress: Progress): boolean {
    const { taskId, configId, state, seq, attempts, failing, error, dueInMillis } = progress;
    if (this.#holders.lastOf(taskId, configId) !== node) return false;
    const { sql } = this.#connection;
    const [task, config] = [toKey(taskId), toKey(configId)];
    const due = dueInMillis === undefined ? null : Date.now() + Math.ceil(dueInMillis);
    const number = placeStates.indexOf(state);
    const saved = sql.savePlace.run(number, seq, attempts, failing ? 1 : 0, error ?? null, due, task, config);
    if (Number(saved.changes) === 0) return false;
    for (const letter of progress.dead)
      sql.putLetter.run(task, config, letter.seq, letter.attempts, letter.error);
    for (const delivered of progress.delivered) sql.deleteLetter.run(task, config, delivered);
    return true;
  }

  deliveries({ taskId, troubled, limit, after }: DeliveryQuery): readonly Delivery[] {
    const from = [toKey(after?.taskId ?? ""), toKey(after?.configId ?? "")] as const;
    const task = taskId === undefined ? "" : toKey(taskId);
    const rows = this.#connection.sql.listedPlaces.all(task, ...from, troubled ? 1 : 0, limit);
    const now = Date.now();
    return rows.map((row) => ({
      ...placeOf(row),
      config: parse(row),
      state: placeStates[row.state] as PlaceState,
      waiting: Math.max(0, (row.task_seq ?? 0) - row.seq),
      dueInMillis: row.due === null ? undefined : row.due - now,
      deadLetters: row.letters,
    }));
  }

  deadLetters(taskId: string, configId: string, limit: number, after: number): readonly DeadLetter[] {
    return this.#connection.sql.letters.all(toKey(taskId), toKey(configId), after, limit);
  }

  replay(taskId: string, configId: string, seqs?: readonly number[]): number {
    const { sql, writer } = this.#connection;
    const [task, config] = [toKey(taskId), toKey(configId)];
    const changes = writer.transaction(() => {
      sql.wakePlace.run(Date.now(), task, config);
      const results = seqs
        ? seqs.map((seq) => sql.sendAgain.run(task, config, seq))
        : [sql.sendAllAgain.run(task, config)];
      return results.reduce((sum, { changes }) => sum + Number(changes), 0);
    });
    this.#holders.release(taskId, configId);
    return changes;
  }

  sweep(ageMillis: number): number {
    const { sql, writer } = this.#connection;
    return writer.transaction(() => {
      const orphans = sql.orphans.all(Date.now() - ageMillis);
      for (const { task, config } of orphans) {
        sql.deleteConfig.run(task, config);
        sql.deletePlace.run(task, config);
        this.#holders.release(fromKey(task), fromKey(config));
      }
      return orphans.length;
    });
  }
}

const placeOf = ({ seq, attempts, failing, error }: PlaceRow) => ({
  seq,
  attempts,
  failing: failing === 1,
  error: error ?? undefined,
});
