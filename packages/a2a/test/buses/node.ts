/** One node on a bus, as tests see it: what it heard and what its log said. */
import type { Bus, Log, News } from "../../src/ports/index.js";

export interface Node {
  readonly bus: Bus;
  /** The last number heard of each task. */
  readonly heard: ReadonlyMap<string, number>;
  readonly said: readonly string[];
  /** How many times news came, and of how many tasks in all. */
  readonly calls: number;
  readonly items: number;
  readonly missed: number;
  /** Resolves once the task was heard to have come this far. */
  until(taskId: string, seq: number): Promise<void>;
  /** Resolves once the bus said that news may have been lost. */
  untilMissed(): Promise<void>;
  /** Resolves once the log has a message with this in it. */
  untilSaid(words: string): Promise<void>;
}

export async function openNode(bus: Bus): Promise<Node> {
  const heard = new Map<string, number>();
  const said: string[] = [];
  const waiting = new Set<() => void>();
  const counts = { calls: 0, items: 0, missed: 0 };
  const look = () => {
    for (const check of [...waiting]) check();
  };
  const say = (message: string) => {
    said.push(message);
    look();
  };
  const log: Log = { error: say, warn: say, info: say };
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  await bus.open(
    (news: readonly News[]) => {
      counts.calls++;
      counts.items += news.length;
      for (const { taskId, seq } of news) heard.set(taskId, Math.max(seq, heard.get(taskId) ?? 0));
      look();
    },
    () => {
      counts.missed++;
      look();
    },
    log,
  );
  return {
    bus,
    heard,
    said,
    get calls() {
      return counts.calls;
    },
    get items() {
      return counts.items;
    },
    get missed() {
      return counts.missed;
    },
    until: (taskId, seq) => until(() => (heard.get(taskId) ?? 0) >= seq),
    untilMissed: () => until(() => counts.missed > 0),
    untilSaid: (words) => until(() => said.some((message) => message.includes(words))),
  };
}
