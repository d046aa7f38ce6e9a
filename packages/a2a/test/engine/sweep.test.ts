import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { artifact, inputRequired, working } from "../../src/agent/index.js";
import { type RetentionSettings, Sweep } from "../../src/engine/index.js";
import type { Retention, Store } from "../../src/ports/index.js";
import { silent } from "../../src/ports/index.js";
import { ownerOf, tenantOfOwner } from "../../src/ports/owner.js";
import { memory } from "../../src/stores/memory/index.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { reasonOf, rig } from "./rig.js";

const folder = mkdtempSync(join(tmpdir(), "parley-sweep-"));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const stores: Readonly<Record<string, () => Store>> = {
  memory: () => memory({ folding: { delayMillis: 600_000, keep: 10_000 } }),
  sqlite: () => sqlite(join(folder, `${Math.random()}`, "tasks.db")),
};

async function start(store: Store) {
  const engine = await rig(
    async function* ({ text }) {
      yield working("Reading");
      for (const [i, piece] of [..."abc"].entries()) yield artifact("a", piece, { append: i > 0 });
      if (text === "ask") yield inputRequired("Which?");
    },
    { store },
  );
  closing.push(async () => {
    await engine.engine.close();
    await store.close();
  });
  return engine;
}

function sweep(retention: Retention, settings: RetentionSettings) {
  const sweep = new Sweep(retention, { everyMillis: 2, ...settings }, silent);
  closing.push(() => sweep.close());
  sweep.open();
}

for (const [name, create] of Object.entries(stores)) {
  describe(`sweeping ${name}`, () => {
    it("folds a task that nobody can tell from what it was, but for the events it had", async () => {
      const store = create();
      const { send, get, list, subscribe } = await start(store);
      const { id } = await send("go");
      const asking = await send("ask");
      const before = [await get(id), await list({ includeArtifacts: true }), await list()];
      const { seq } = (await store.journal.head(id)) as { seq: number };
      sweep(store.retention, { compactAfterMillis: 0 });
      await expect.poll(async () => (await store.journal.read(id, 0, 1)) === undefined).toBe(true);

      expect([await get(id), await list({ includeArtifacts: true }), await list()]).toEqual(before);
      const resumed = await subscribe(id, 2);
      expect(await resumed.done).toBe("end");
      expect(resumed.parsed).toEqual([{ task: before[0] }]);
      expect(resumed.seqs).toEqual([seq]);
      expect((await store.journal.read(asking.id, 0, 1))?.[0]?.seq).toBe(1);
    });

    it("removes what has ended, and what waits goes on", async () => {
      const store = create();
      const { send, get, list, subscribe } = await start(store);
      const { id } = await send("go");
      const asking = await send("ask");
      sweep(store.retention, { expireAfterMillis: 0 });
      await expect.poll(() => reasonOf(get(id))).toBe("TASK_NOT_FOUND");
      expect(await reasonOf(subscribe(id, 2))).toBe("TASK_NOT_FOUND");
      expect(await reasonOf(send("more", { taskId: id }))).toBe("TASK_NOT_FOUND");
      expect((await list()).tasks.map((task) => task.id)).toEqual([asking.id]);
      await send("this one", { taskId: asking.id });
      await expect.poll(async () => (await list()).totalSize).toBe(0);
    });

    it("does with a tenant's tasks what is said of the tenant", async () => {
      const store = create();
      const { send } = await start(store);
      const callers = ["acme", "globex", "initech", undefined].flatMap((tenant) =>
        [undefined, "bob"].map((id) => ({
          owner: ownerOf(tenant, id),
          tenant,
          principal: id === undefined ? undefined : { id },
          extensions: [],
        })),
      );
      for (const caller of callers) for (let i = 0; i < 3; i++) await send("go", {}, {}, caller);
      const left = () =>
        Promise.all(
          callers.map(async ({ owner }) => (await store.journal.list({ owner, limit: 9 })).totalSize),
        );
      const folded = () =>
        Promise.all(
          callers.map(async ({ owner }) => {
            const { heads } = await store.journal.list({ owner, limit: 9 });
            const read = await Promise.all(heads.map(({ id }) => store.journal.read(id, 0, 1)));
            return read.filter((entries) => entries === undefined).length;
          }),
        );

      sweep(store.retention, { tenants: { acme: { compactAfterMillis: 0 } } });
      await expect.poll(folded).toEqual([3, 3, 0, 0, 0, 0, 0, 0]);
      sweep(store.retention, {
        keepPerOwner: 2,
        tenants: {
          acme: { keepPerOwner: false, expireAfterMillis: 3_600_000 },
          globex: { expireAfterMillis: 0 },
        },
      });
      await expect.poll(left).toEqual([3, 3, 0, 0, 2, 2, 2, 2]);
      sweep(store.retention, { expireAfterMillis: 0, tenants: { acme: { expireAfterMillis: false } } });
      await expect.poll(left).toEqual([3, 3, 0, 0, 0, 0, 0, 0]);
    });

    it("keeps the newest of each owner", async () => {
      const store = create();
      const { send, list } = await start(store);
      const ids: string[] = [];
      for (let i = 0; i < 40; i++) ids.push((await send("go")).id);
      await send("go", {}, {}, { owner: "bob", tenant: undefined, principal: { id: "bob" }, extensions: [] });
      const newest = (await list({ pageSize: 7 })).tasks.map(({ id }) => id);
      sweep(store.retention, { keepPerOwner: 7 });
      await expect.poll(async () => (await list()).totalSize).toBe(7);
      expect((await list()).tasks.map(({ id }) => id)).toEqual(newest);
      expect((await store.journal.list({ owner: "bob", limit: 9 })).totalSize).toBe(1);
    });
  });
}

it("the space of what has expired is used again", async () => {
  const path = join(folder, "space", "tasks.db");
  const store = sqlite(path);
  const { send, list } = await start(store);
  const fill = async () => {
    await Promise.all(Array.from({ length: 200 }, () => send("x".repeat(4000))));
    for (let after: string | undefined, more = true; more; ) {
      const stepped = await store.retention.expire({ endedForMillis: 0, limit: 25, after });
      after = stepped.next;
      more = after !== undefined;
    }
    expect((await list()).totalSize).toBe(0);
    return statSync(path).size + statSync(`${path}-wal`).size;
  };
  await fill();
  const sizes = [await fill(), await fill(), await fill(), await fill()];
  expect(Math.max(...sizes)).toBeLessThan((sizes[0] as number) * 1.2);
});

it("a store that fails is asked again, and one that is asked is waited for at the end", async () => {
  let calls = 0;
  let answer: ((stepped: { tasks: number }) => void) | undefined;
  const retention: Retention = {
    ...memory().retention,
    expire: () => {
      if (++calls === 1) throw new Error("away");
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
  const warned: string[] = [];
  const log = { ...silent, warn: (message: string) => void warned.push(message) };
  const sweep = new Sweep(retention, { everyMillis: 1, expireAfterMillis: 0 }, log);
  sweep.open();
  await expect.poll(() => calls).toBe(2);
  expect(warned).toHaveLength(1);
  let closed = false;
  const close = sweep.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  answer?.({ tasks: 0 });
  await close;
});

it("a sweep that rests ends at once, and one that has nothing to do never begins", async () => {
  const idle = new Sweep(memory().retention, {}, silent);
  idle.open();
  await idle.close();
  const resting = new Sweep(memory().retention, { keepPerOwner: 1, everyMillis: 1_000_000 }, silent);
  resting.open();
  await resting.close();
});

it("settings that make no sense are refused", () => {
  const make = (settings: RetentionSettings) => () => new Sweep(memory().retention, settings, silent);
  expect(
    make({ keepPerOwner: 0, expireAfterMillis: 0, compactAfterMillis: 0, everyMillis: 1 }),
  ).not.toThrow();
  const wrong: RetentionSettings[] = [
    { keepPerOwner: -1 },
    { expireAfterMillis: Number.NaN },
    { compactAfterMillis: 0.5 },
    { everyMillis: 0 },
    { everyMillis: 2 ** 31 },
    { tenants: { acme: { expireAfterMillis: -1 } } },
    { tenants: { "": { expireAfterMillis: 1 } } },
  ];
  for (const settings of wrong) expect(make(settings)).toThrow(TypeError);
});

it("an owner is one tenant's and one principal's, and says whose tenant's", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom("1", "1:a", "=b", "a=b"),
  );
  const maybe = fc.option(name, { nil: undefined });
  fc.assert(
    fc.property(maybe, maybe, maybe, maybe, (tenant, principal, otherTenant, otherPrincipal) => {
      const owner = ownerOf(tenant, principal);
      expect(tenantOfOwner(owner)).toBe(tenant);
      const same = tenant === otherTenant && principal === otherPrincipal;
      expect(ownerOf(otherTenant, otherPrincipal) === owner).toBe(same);
    }),
  );
});
