/** What every store must do, whatever it keeps its tasks in. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Append, Store } from "../../src/ports/index.js";
import { Entry } from "../../src/ports/index.js";
import { foldingContract } from "./folding-contract.js";
import { idempotencyContract } from "./idempotency-contract.js";
import { listContract } from "./list-contract.js";
import { retentionContract } from "./retention-contract.js";
import { chunk, created, creation, move, moved, plain, readAll, userMessage } from "./tasks.js";
import { withoutArtifactsContract } from "./without-artifacts-contract.js";

/** @param create Makes a new, empty store that is not open yet. */
export function storeContract(name: string, create: () => Store): void {
  describe(`${name}: the journal`, () => {
    let store: Store;
    beforeEach(async () => {
      store = create();
      await store.open();
    });
    afterEach(() => store.close());

    it("creates a task and goes on from where it is", async () => {
      const first = creation({ id: "t1" });
      expect(await store.journal.append([first])).toEqual([]);
      expect(await store.journal.head("t1")).toEqual(first.head);
      const second = move(first.head, "TASK_STATE_WORKING", 2000);
      expect(await store.journal.append([second])).toEqual([]);
      expect(await store.journal.head("t1")).toEqual(second.head);
      expect(await store.journal.head("t2")).toBeUndefined();
      expect(await store.journal.load("t2")).toBeUndefined();
    });

    it("refuses an append that expects another position, and only that one", async () => {
      const first = creation({ id: "t1" });
      await store.journal.append([first]);
      const again = creation({ id: "t1", contextId: "other" });
      const early: Append = { ...move(first.head, "TASK_STATE_WORKING", 2000), expected: 0 };
      const late: Append = { ...move({ ...first.head, seq: 4 }, "TASK_STATE_WORKING", 2000) };
      const missing = move({ ...first.head, id: "t9" }, "TASK_STATE_WORKING", 2000);
      const good = creation({ id: "t2" });
      expect(await store.journal.append([again, early, late, missing, good])).toEqual([
        again,
        early,
        late,
        missing,
      ]);
      expect(await store.journal.head("t1")).toEqual(first.head);
      expect(await store.journal.head("t2")).toEqual(good.head);
      expect(await store.journal.head("t9")).toBeUndefined();
      expect(await store.journal.contextOwner("other")).toBeUndefined();
    });

    it("gives a race within one batch to the first", async () => {
      const first = creation({ id: "t1" });
      const [won, lost] = [
        move(first.head, "TASK_STATE_CANCELED", 2000),
        move(first.head, "TASK_STATE_COMPLETED", 2000),
      ];
      expect(await store.journal.append([first, won, lost])).toEqual([lost]);
      expect(await store.journal.head("t1")).toEqual(won.head);
      expect(plain(await readAll(store.journal, "t1", 0, 1000))).toEqual(
        plain([...first.entries, ...won.entries]),
      );
    });

    it("loads many tasks as it loads each", async () => {
      const kept = (i: number) => `${i} `.repeat(i % 3 === 0 ? 30_000 : 3);
      const ids = Array.from({ length: 9 }, (_, i) => `t${i}`);
      for (const [i, id] of ids.entries()) {
        const { head, entries } = creation({ id, contextId: "c", state: "TASK_STATE_WORKING" });
        await store.journal.append([
          {
            head: { ...head, seq: 2 },
            expected: 0,
            entries: [...entries, new Entry(2, chunk(id, "c", kept(i), false))],
          },
        ]);
        if (i % 2) await store.journal.append([move({ ...head, seq: 2 }, "TASK_STATE_COMPLETED", 2000)]);
      }
      for (const artifacts of [true, false]) {
        const many = await store.journal.loadMany(["t9", ...ids, "t3", "a\0b"], { artifacts });
        expect([...many.keys()].sort()).toEqual(ids);
        for (const [i, id] of ids.entries()) {
          expect(many.get(id)).toEqual(await store.journal.load(id, { artifacts }));
          expect(many.get(id)?.json.includes(kept(i))).toBe(artifacts);
        }
      }
      expect(await store.journal.loadMany([])).toEqual(new Map());
    });

    it("hands out heads and pages that stay as they were", async () => {
      const first = creation({ id: "t1" });
      await store.journal.append([first]);
      const head = await store.journal.head("t1");
      const page = await store.journal.list({ owner: "alice", limit: 1 });
      const loaded = await store.journal.load("t1");
      await store.journal.append([move(first.head, "TASK_STATE_COMPLETED", 2000)]);
      expect([head, page.heads[0], loaded?.head]).toEqual([first.head, first.head, first.head]);
    });

    it("reads from any position, in steps of about the bytes asked for", async () => {
      const texts = Array.from({ length: 300 }, (_, i) => `${i} ${"x".repeat(200 + (i % 7) * 100)}`);
      const events = [
        created("t1", "c1", "TASK_STATE_WORKING", 1000),
        ...texts.map((text, i) => chunk("t1", "c1", text, i > 0)),
      ];
      const entries = events.map((event, i) => new Entry(i + 1, event));
      const head = { ...creation({ id: "t1", contextId: "c1", state: "TASK_STATE_WORKING" }).head };
      for (let at = 0; at < entries.length; ) {
        const part = entries.slice(at, at + 1 + (at % 40));
        await store.journal.append([
          { head: { ...head, seq: at + part.length }, expected: at, entries: part },
        ]);
        at += part.length;
      }
      for (const [after, maxBytes] of [
        [0, 0],
        [0, 1],
        [0, 5000],
        [137, 1],
        [137, 50_000],
        [300, 1000],
        [0, 1e9],
      ] as const) {
        expect(plain(await readAll(store.journal, "t1", after, maxBytes))).toEqual(
          plain(entries.slice(after)),
        );
      }
      expect(await store.journal.read("t1", 301, 1000)).toEqual([]);
      const step = await store.journal.read("t1", 10, 5000);
      expect(step?.length).toBeLessThan(200);
      expect(step?.[0]?.seq).toBe(11);
    });

    it("keeps the message that an event follows, and the event's text to the byte", async () => {
      const head = { ...creation({ id: "t1", contextId: "c1" }).head, seq: 3 };
      const odd =
        '{"statusUpdate":{"taskId":"t1", "contextId":"c1","status":{"state":"TASK_STATE_WORKING"}}}';
      const entries = [
        new Entry(1, created("t1", "c1", "TASK_STATE_INPUT_REQUIRED", 1000)),
        new Entry(2, odd, userMessage(1)),
        new Entry(3, chunk("t1", "c1", "> a\n\u2028\ud800 \0 😀", false), userMessage(2)),
      ];
      await store.journal.append([{ head, expected: 0, entries }]);
      const read = await readAll(store.journal, "t1", 0, 1e6);
      expect(plain(read)).toEqual(plain(entries));
      expect(read[1]?.json).toBe(odd);
      expect(read[2]?.event).toEqual(entries[2]?.event);
    });

    it("gives a new context to who creates a task in it, and to nobody else", async () => {
      const mine = creation({ id: "t1", contextId: "c", owner: "alice" });
      const theirs = creation({ id: "t2", contextId: "c", owner: "bob" });
      expect(await store.journal.contextOwner("c")).toBeUndefined();
      expect(await store.journal.append([mine, theirs])).toEqual([theirs]);
      expect(await store.journal.contextOwner("c")).toBe("alice");
      expect(await store.journal.head("t2")).toBeUndefined();
      expect((await store.journal.list({ owner: "bob", limit: 10 })).totalSize).toBe(0);
      expect(await store.journal.append([creation({ id: "t3", contextId: "c", owner: "alice" })])).toEqual(
        [],
      );
    });

    it.each(["a\0b", "a\ud800", '"quoted"', "a\\b%", "", "ä😀"])(
      "keeps %j as owner and context apart from its likes",
      async (odd) => {
        const others = [`${odd}x`, "a", '"a\\u0000b"'];
        for (const [i, key] of [odd, ...others].entries()) {
          await store.journal.append([creation({ id: `t${i}`, contextId: `c${key}`, owner: key })]);
        }
        expect(await store.journal.head("t0")).toMatchObject({ contextId: `c${odd}`, owner: odd });
        expect([...(await store.journal.owners())].sort()).toEqual([...new Set([odd, ...others])].sort());
        expect(await store.journal.contextOwner(`c${odd}`)).toBe(odd);
        expect((await store.journal.list({ owner: odd, limit: 9 })).heads.map(({ id }) => id)).toEqual([
          "t0",
        ]);
      },
    );

    it("names the tasks whose executor a restart would have lost", async () => {
      const states = [
        "SUBMITTED",
        "WORKING",
        "INPUT_REQUIRED",
        "AUTH_REQUIRED",
        "COMPLETED",
        "CANCELED",
      ] as const;
      const appends = states.map((state, i) =>
        creation({ id: state, owner: `o${i % 2}`, state: `TASK_STATE_${state}`, millis: 1000 + i }),
      );
      await store.journal.append(appends);
      const ids = async () => (await store.journal.running()).map(({ id }) => id).sort();
      expect(await ids()).toEqual(["SUBMITTED", "WORKING"]);
      await store.journal.append([move(appends[1]?.head as Append["head"], "TASK_STATE_COMPLETED", 5000)]);
      expect(await ids()).toEqual(["SUBMITTED"]);
    });

    it("keeps notes until their task ends, the last of each key, with entries and without", async () => {
      const first = { ...creation({ id: "t1" }), notes: [{ key: "request", json: "1" }] };
      const only: Append = {
        head: first.head,
        expected: 1,
        entries: [],
        notes: [
          { key: "\u0000 mail", json: '{"sent":true}' },
          { key: "request", json: "2" },
        ],
      };
      expect(await store.journal.append([first, creation({ id: "t2" }), only])).toEqual([]);
      expect(await store.journal.head("t1")).toEqual(first.head);
      const notes = async () =>
        new Map((await store.journal.notes("t1")).map(({ key, json }) => [key, json]));
      expect(await notes()).toEqual(
        new Map([
          ["request", "2"],
          ["\u0000 mail", '{"sent":true}'],
        ]),
      );
      expect(await store.journal.notes("t2")).toEqual([]);
      const late: Append = { ...only, expected: 0, notes: [{ key: "request", json: "3" }] };
      expect(await store.journal.append([late])).toEqual([late]);
      expect((await notes()).get("request")).toBe("2");
      await store.journal.append([move(first.head, "TASK_STATE_COMPLETED", 2000)]);
      expect(await store.journal.notes("t1")).toEqual([]);
    });

    it("forgets a removed task with everything that belongs to it", async () => {
      await store.journal.append([creation({ id: "t1", contextId: "c" })]);
      await store.pushConfigs.put({ id: "p", taskId: "t1", url: "https://example.com", token: "secret" });
      await store.journal.remove("t1");
      await store.journal.remove("t1");
      expect(await store.journal.head("t1")).toBeUndefined();
      expect(await store.journal.load("t1")).toBeUndefined();
      expect(await store.journal.read("t1", 0, 1000)).toEqual([]);
      expect(await store.journal.contextOwner("c")).toBeUndefined();
      expect(await store.pushConfigs.taskIds()).toEqual([]);
      expect(await store.journal.append([creation({ id: "t2", contextId: "c", owner: "bob" })])).toEqual([]);
    });

    it("can be asked whether it takes appends", async () => {
      await store.ping();
      expect(await store.journal.append([creation({ id: "t1" })])).toEqual([]);
      await store.ping();
    });

    it("stays linear when a long stream is loaded again and again", async () => {
      const head = creation({ id: "t1", contextId: "c1", state: "TASK_STATE_WORKING" }).head;
      await store.journal.append([creation({ id: "t1", contextId: "c1", state: "TASK_STATE_WORKING" })]);
      let expected = "";
      for (let seq = 2; seq <= 200; seq++) {
        expected += `${seq},`;
        const entries = [new Entry(seq, chunk("t1", "c1", `${seq},`, seq > 2))];
        await store.journal.append([{ head: { ...head, seq }, expected: seq - 1, entries }]);
        const { json } = (await store.journal.load("t1")) ?? { json: "{}" };
        expect(JSON.parse(json).artifacts[0].parts).toEqual([{ text: expected }]);
      }
      const end = moved("t1", "c1", "TASK_STATE_COMPLETED", 9000);
      const done = { ...head, state: "TASK_STATE_COMPLETED", statusMillis: 9000, seq: 201 } as const;
      await store.journal.append([{ head: done, expected: 200, entries: [new Entry(201, end)] }]);
      expect(JSON.parse((await store.journal.load("t1"))?.json ?? "{}").status.state).toBe(
        "TASK_STATE_COMPLETED",
      );
    });
  });

  describe(`${name}: push notification configurations`, () => {
    let store: Store;
    beforeEach(async () => {
      store = create();
      await store.open();
    });
    afterEach(() => store.close());

    it("creates, replaces, lists in order of creation, and deletes, twice as well", async () => {
      const configs = store.pushConfigs;
      const config = (taskId: string, id: string, url: string) => ({ taskId, id, url, token: "secret" });
      for (const id of ["b", "a", "c"]) await configs.put(config("t1", id, `https://${id}.example`));
      await configs.put(config("t2", "a\0", "https://t2.example"));
      await configs.put(config("t1", "b", "https://new.example"));
      expect(await configs.get("t1", "b")).toEqual(config("t1", "b", "https://new.example"));
      expect(await configs.get("t2", "b")).toBeUndefined();
      expect(await configs.get("t2", "a\0")).toEqual(config("t2", "a\0", "https://t2.example"));
      expect((await configs.list("t1")).map(({ id }) => id)).toEqual(["b", "a", "c"]);
      expect([...(await configs.taskIds())].sort()).toEqual(["t1", "t2"]);
      await configs.delete("t1", "a");
      await configs.delete("t1", "a");
      await configs.delete("t2", "a\0");
      expect((await configs.list("t1")).map(({ id }) => id)).toEqual(["b", "c"]);
      expect(await configs.taskIds()).toEqual(["t1"]);
    });
  });

  idempotencyContract(name, create);
  listContract(name, create);
  foldingContract(name, create);
  retentionContract(name, create);
  withoutArtifactsContract(name, create);
}
