/** Tasks that move from one store to another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@parley/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { Entry, type Store } from "../../src/ports/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { exportTasks, importTasks } from "../../src/stores/transfer.js";
import { chunk, creation, move, moved, plain, readAll, userMessage } from "./tasks.js";

const folder = mkdtempSync(join(tmpdir(), "parley-transfer-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = () => sqlite(join(folder, `${files++}.db`));

/** Opens stores, and closes them whatever happens. */
async function using<T>(stores: readonly Store[], work: () => Promise<T>): Promise<T> {
  for (const store of stores) await store.open();
  try {
    return await work();
  } finally {
    for (const store of stores) await store.close();
  }
}

async function linesOf(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportTasks(store)) lines.push(line);
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<string, void> {
  yield* lines;
}

const odd =
  '{"statusUpdate":{"taskId":"t1", "contextId":"c1","status":{"state":"TASK_STATE_WORKING"},"event":1.0}}';

/** Tasks of all kinds: `t1` is long, `t2` waits with notes, `t3` has ended, and more than a page of small ones. */
async function fill({ journal, pushConfigs }: Store): Promise<string[]> {
  const first = creation({ id: "t1", contextId: "c1", owner: 'a\0"', state: "TASK_STATE_WORKING" });
  const text = "x".repeat(40_000);
  const chunks = Array.from(
    { length: 60 },
    (_, i) => new Entry(i + 3, chunk("t1", "c1", `${i}${text}`, i > 0)),
  );
  const entries = [...first.entries, new Entry(2, odd, userMessage(1)), ...chunks];
  const config = (taskId: string, id: string) => ({
    taskId,
    id,
    url: `https://example.com/${id}`,
    token: "secret",
  });
  await pushConfigs.put(config("t1", "from the start"));
  await journal.append([{ head: { ...first.head, seq: 62 }, expected: 0, entries }]);
  await pushConfigs.put(config("t1", "later"));
  const end = moved("t1", "c1", "TASK_STATE_COMPLETED", 9000);
  const head = { ...first.head, state: "TASK_STATE_COMPLETED", statusMillis: 9000, seq: 63 } as const;
  await journal.append([{ head, expected: 62, entries: [new Entry(63, end, userMessage(2))] }]);
  const waiting = {
    ...creation({ id: "t2", state: "TASK_STATE_INPUT_REQUIRED" }),
    notes: [{ key: "k\0", json: "1" }],
  };
  const ended = creation({ id: "t3", contextId: "c-t2", state: "TASK_STATE_COMPLETED", millis: 2000 });
  await journal.append([waiting, ended]);
  await pushConfigs.put(config("t3", "done"));
  const small = Array.from({ length: 450 }, (_, i) =>
    creation({ id: `s${i}`, contextId: "many", millis: i }),
  );
  await journal.append(small);
  await journal.append(small.slice(0, 5).map(({ head }) => move(head, "TASK_STATE_WORKING", 5000)));
  return ["t1", "t2", "t3", ...small.map(({ head }) => head.id)];
}

/** Everything that is kept, in a form that is the same for all stores. */
async function contents(store: Store, ids: readonly string[]) {
  const { journal, pushConfigs, outbox } = store;
  return {
    tasks: await Promise.all(
      ids.map(async (id) => ({
        head: await journal.head(id),
        entries: plain(await readAll(journal, id, 0, 1e6)),
        notes: await journal.notes(id),
        configs: await pushConfigs.list(id),
      })),
    ),
    deliveries: (await outbox.deliveries({ limit: 99 })).map(({ config, seq, state }) => ({
      config,
      seq,
      state,
    })),
    total: (await journal.list({ owner: "alice", limit: 1 })).totalSize,
  };
}

function transfers(name: string, create: () => Store): void {
  it(`${name}: everything arrives, however often, and also when an import broke off`, async () => {
    const [from, to, broken] = [file(), create(), file()];
    await using([from, to], async () => {
      const ids = await fill(from);
      const lines = await linesOf(from);
      expect(await importTasks(to, each(lines))).toEqual({ tasks: ids.length, present: 0 });
      const wanted = await contents(from, ids);
      expect(await contents(to, ids)).toEqual(wanted);
      expect(await importTasks(to, each(lines))).toEqual({ tasks: 0, present: ids.length });
      expect(await contents(to, ids)).toEqual(wanted);
      await expect(importTasks(to, each(lines.slice(0, -1)))).rejects.toThrow(
        `The export breaks off: ${ids.length} of its tasks are there, and its end is not`,
      );
      expect((await linesOf(to)).sort()).toEqual([...lines].sort());

      await using([broken], async () => {
        const half = lines.slice(
          0,
          lines.findIndex((line) => line.startsWith('{"seq":40,')),
        );
        await expect(importTasks(broken, each(half))).rejects.toThrow(
          "task t1 breaks off after entry 39 of 63",
        );
        expect(await importTasks(broken, each(await linesOf(to)))).toMatchObject({ present: 0 });
        expect((await contents(broken, ids)).tasks).toEqual(wanted.tasks);
      });
    });
  });
}

describe("transfer", () => {
  transfers("sqlite", file);

  it("takes the folded Task where entries were folded away", async () => {
    const [from, to] = [memory({ folding: { delayMillis: 0, keep: 0 } }), file()];
    await using([from, to], async () => {
      await from.journal.append([creation({ id: "t1", state: "TASK_STATE_WORKING" })]);
      const { head } = creation({ id: "t1", state: "TASK_STATE_WORKING" });
      await from.journal.append([move(head, "TASK_STATE_COMPLETED", 2000)]);
      await expect.poll(() => from.journal.read("t1", 0, 1000)).toBeUndefined();
      expect(await importTasks(to, each(await linesOf(from)))).toEqual({ tasks: 1, present: 0 });
      const [before, after] = [await from.journal.load("t1"), await to.journal.load("t1")];
      expect(JSON.parse(after?.json ?? "")).toEqual(JSON.parse(before?.json ?? ""));
      expect(after?.head).toEqual({ ...before?.head, seq: 1 });
    });
  });

  it("says which line is wrong, and which task cannot be kept", async () => {
    const [from, to] = [file(), file()];
    await using([from, to], async () => {
      await from.journal.append([creation({ id: "t1", contextId: "c" })]);
      const lines = await linesOf(from);
      const [header, task, entry] = lines as [string, string, string];
      for (const [wrong, message] of [
        [[], "Line 1: not an export"],
        [["{}"], "Line 1: not an export"],
        [[header, "{"], "Line 2: "],
        [[header, "{}"], "Line 2: neither a task, nor a message, nor an entry"],
        [[header, entry], "Line 2: entry 1 does not follow entry 0"],
        [[header, task, entry, entry], "Line 4: entry 1 does not follow entry 1"],
        [[header, task, task], "Line 3: task t1 breaks off after entry 0 of 1"],
      ] as const) {
        await expect(importTasks(to, each(wrong))).rejects.toThrow(message);
      }
      await to.journal.append([creation({ id: "t2", contextId: "c", owner: "bob" })]);
      await expect(importTasks(to, each(lines))).rejects.toThrow(
        "Task t1 cannot be kept: its id or its context is another owner's",
      );
    });
  });
});

describeWith("postgres", "transfer with postgres", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server?.remove());
  transfers("postgres", () => postgres(server.url));
});
