import { describe, expect, test } from "vitest";
import type { Nodes } from "../../src/ports/index.js";
import { Push } from "../../src/push/index.js";
import { Slots } from "../../src/push/slots.js";
import { memory } from "../../src/stores/memory/index.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { slow } from "./slow.js";
import { append, numbers, pushing, receiver, seqs } from "./support.js";

/** Answers as told, then with 204. */
const answers =
  (...statuses: number[]) =>
  (response: import("node:http").ServerResponse, _: unknown, index: number) =>
    void response.writeHead(statuses[index] ?? 204).end();

const stores = {
  memory: () => memory(),
  "memory that answers later": () => slow(memory()),
  sqlite: () => sqlite(":memory:"),
};

describe.each(Object.entries(stores))("on %s", (_name, makeStore) => {
  test("events arrive in order, one at a time, at every configuration of the task and of no other", async () => {
    let busy = 0;
    let most = 0;
    const slowly = await receiver((response) => {
      most = Math.max(most, ++busy);
      setImmediate(() => {
        busy--;
        response.end();
      });
    });
    const quick = await receiver();
    const other = await receiver();
    const { push, tell, close } = await pushing({ store: makeStore() });
    await push.create({ url: slowly.url }, "t1");
    await push.create({ url: quick.url }, "t1");
    await push.create({ url: other.url }, "t2");
    await tell("t1", 20);
    await expect.poll(() => slowly.got.length).toBeGreaterThan(3);
    for (let i = 0; i < 30; i++) await tell("t1", 1);
    await tell("t3", 1);
    await close();
    expect(seqs(slowly.got)).toEqual(numbers(50));
    expect(seqs(quick.got)).toEqual(numbers(50));
    expect(most).toBe(1);
    expect(other.got).toEqual([]);
  });

  test("what waits goes on after a restart, from where it was, whoever is told of nothing", async () => {
    let open = false;
    const { url, got } = await receiver((response, _notification, index) => {
      response.writeHead(open || index < 3 ? 204 : 503).end();
    });
    const store = makeStore();
    const first = await pushing({ store, schedule: [20, 60_000] });
    await first.push.create({ id: "a", url }, "t1");
    await first.tell("t1", 5);
    await expect.poll(async () => (await store.outbox.deliveries({ limit: 1 }))[0]?.attempts).toBe(2);
    await first.close();
    expect(seqs(got)).toEqual([1, 2, 3, 4, 4]);
    open = true;
    await append(store, "t1", 2, "TASK_STATE_COMPLETED");
    // What was to wait for a minute is due when it is asked for.
    const second = await pushing({ store });
    expect(await second.push.replay("t1", "a")).toBe(0);
    await expect.poll(() => seqs(got).slice(5)).toEqual([4, 5, 6, 7]);
    await expect.poll(async () => (await store.outbox.deliveries({ limit: 1 }))[0]?.state).toBe("done");
  });

  test("a configuration gets what comes after it, and one that is there before its task everything", async () => {
    const early = await receiver();
    const late = await receiver();
    const { push, tell, close } = await pushing({ store: makeStore() });
    await push.create({ url: early.url }, "t1");
    await tell("t1", 3);
    await push.create({ url: late.url }, "t1");
    await tell("t1", 2, "TASK_STATE_COMPLETED");
    await close();
    expect(seqs(early.got)).toEqual([1, 2, 3, 4, 5]);
    expect(seqs(late.got)).toEqual([4, 5]);
  });

  test("what is not accepted is sent again, with nothing overtaking", async () => {
    const { url, got } = await receiver(answers(500, 404, 307, 400));
    const { push, tell, close, lines } = await pushing({ store: makeStore() });
    await push.create({ url }, "t1");
    await tell("t1", 3);
    await close();
    expect(seqs(got)).toEqual([1, 1, 1, 1, 1, 2, 3]);
    const ids = got.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids.slice(0, 5)).size).toBe(1);
    expect(new Set(ids).size).toBe(3);
    expect(lines).toEqual([]);
  });

  test("what is not accepted in all attempts is a dead letter, the next get one attempt each until one is accepted", async () => {
    const { url, got } = await receiver(answers(500, 500, 500, 500, 204, 500, 204));
    const store = makeStore();
    const { push, tell, lines } = await pushing({ store, schedule: [1, 1] });
    await push.create({ id: "a", url: `${url}?key=s3cr3t` }, "t1");
    await tell("t1", 4);
    await expect.poll(() => seqs(got)).toEqual([1, 1, 1, 2, 3, 4, 4]);
    await expect.poll(async () => (await push.deliveries({ limit: 1 }))[0]?.waiting).toBe(0);
    expect(await push.deadLetters("t1", "a", 10)).toEqual([
      { seq: 1, attempts: 3, error: "HTTP 500" },
      { seq: 2, attempts: 1, error: "HTTP 500" },
    ]);
    const fields = {
      taskId: "t1",
      pushNotificationConfigId: "a",
      url,
      seq: 1,
      attempts: 3,
      reason: "HTTP 500",
    };
    expect(lines).toEqual([{ message: "A push notification could not be delivered", fields }]);
  });

  test("dead letters are replayed in order, with their ids, and stay dead when they are refused again", async () => {
    let open = false;
    const { url, got } = await receiver((response, { body }) => {
      const refused = !open || body.includes('"seq":3');
      response.writeHead(refused ? 500 : 204).end();
    });
    const store = makeStore();
    const { push, tell } = await pushing({ store, schedule: [] });
    await push.create({ id: "a", url }, "t1");
    await tell("t1", 4, "TASK_STATE_COMPLETED");
    await expect.poll(async () => (await push.deliveries({ limit: 1 }))[0]?.state).toBe("done");
    expect(seqs(got)).toEqual([1, 2, 3, 4]);
    open = true;
    const before = got.splice(0).map(({ headers }) => headers["webhook-id"]);
    expect(await push.replay("t1", "a", [2, 3, 9])).toBe(2);
    await expect.poll(() => seqs(got)).toEqual([2, 3]);
    expect(got.map(({ headers }) => headers["webhook-id"])).toEqual(before.slice(1, 3));
    await expect
      .poll(async () => (await push.deadLetters("t1", "a", 10)).map(({ seq }) => seq))
      .toEqual([1, 3, 4]);
    expect(await push.replay("t1", "a")).toBe(3);
    await expect
      .poll(() => push.deadLetters("t1", "a", 10))
      .toEqual([{ seq: 3, attempts: 3, error: "HTTP 500" }]);
    await expect
      .poll(async () => (await push.deliveries({ limit: 1 }))[0]?.state, { timeout: 5000 })
      .toBe("done");
  });

  test("a receiver that is gone gets nothing more, until somebody wants it to", async () => {
    const { url, got } = await receiver(answers(204, 410));
    const { push, tell, lines } = await pushing({ store: makeStore() });
    await push.create({ id: "a", url }, "t1");
    await tell("t1", 4);
    await expect.poll(async () => (await push.deliveries({ limit: 1 }))[0]?.state).toBe("disabled");
    expect(await push.deliveries({ limit: 1, troubled: true })).toMatchObject([
      { seq: 1, waiting: 3, error: "HTTP 410", deadLetters: 0 },
    ]);
    await tell("t1", 1);
    expect(seqs(got)).toEqual([1, 2]);
    expect(lines.map(({ message }) => message)).toEqual([
      "A push notification configuration was disabled by its receiver",
    ]);
    await push.replay("t1", "a");
    await expect.poll(() => seqs(got)).toEqual([1, 2, 2, 3, 4, 5]);
  });

  test("a replaced configuration gets what waits", async () => {
    const before = await receiver((response) => response.writeHead(503).end());
    const after = await receiver();
    const { push, tell, close } = await pushing({ store: makeStore(), schedule: Array(100).fill(5) });
    await push.create({ id: "a", url: before.url, token: "old" }, "t1");
    await tell("t1", 3);
    await expect.poll(() => before.got.length).toBeGreaterThan(0);
    await push.create({ id: "a", url: after.url, token: "new" }, "t1");
    await close();
    expect(seqs(after.got)).toEqual([1, 2, 3]);
    expect(after.got[0]?.headers["x-a2a-notification-token"]).toBe("new");
  });

  test("nothing is sent after deletion", async () => {
    const { url, got } = await receiver((response) => response.writeHead(503).end());
    const { push, tell, close } = await pushing({ store: makeStore(), schedule: Array(1000).fill(1) });
    await push.create({ id: "a", url }, "t1");
    await tell("t1", 10);
    await expect.poll(() => got.length).toBeGreaterThan(1);
    await push.delete("t1", "a");
    const sent = got.length;
    await tell("t1", 10);
    await close();
    expect(got.length - sent).toBeLessThanOrEqual(1);
    expect(new Set(seqs(got))).toEqual(new Set([1]));
  });
});

describe("what is sent", () => {
  test("is application/a2a+json, with the credentials that were asked for and the token in both spellings", async () => {
    const { url, got } = await receiver();
    const { push, tell, store, close } = await pushing();
    const authentication = { scheme: "Basic", credentials: "dTpw" };
    await push.create({ id: "both", url: `${url}?q=1`, token: "tok", authentication }, "t1");
    await tell("t1", 1);
    await close();
    expect(got).toHaveLength(1);
    expect(got[0]?.path).toBe("/hook?q=1");
    const [entry] = (await store.journal.read("t1", 0, 1)) ?? [];
    expect(got[0]?.body).toBe(entry?.json);
    expect(got[0]?.headers).toMatchObject({
      "content-type": "application/a2a+json",
      authorization: "Basic dTpw",
      "x-a2a-notification-token": "tok",
      "a2a-notification-token": "tok",
    });
    expect(got[0]?.headers["webhook-id"]).toMatch(/^msg_[0-9a-f]{32}_1$/);
    expect(got[0]?.headers["webhook-timestamp"]).toMatch(/^\d{10}$/);
  });

  test("has no such headers without credentials and token", async () => {
    const { url, got } = await receiver();
    const { push, tell, close } = await pushing();
    await push.create({ url, authentication: { scheme: "Bearer" } }, "t1");
    await tell("t1", 1);
    await close();
    for (const header of ["authorization", "x-a2a-notification-token", "webhook-signature"])
      expect(got[0]?.headers).not.toHaveProperty(header);
  });

  test("stays in the journal until it is sent, also of an ended task that nobody watched", async () => {
    let open = false;
    const { url, got } = await receiver((response) => response.writeHead(open ? 204 : 503).end());
    const store = memory({ folding: { keep: 0 } });
    const { push, tell } = await pushing({ store, schedule: Array(1000).fill(1) });
    await push.create({ url }, "t1");
    await tell("t1", 40, "TASK_STATE_COMPLETED");
    await expect.poll(() => got.length).toBeGreaterThan(3);
    expect(await store.journal.read("t1", 0, 1)).toHaveLength(1);
    got.splice(0);
    open = true;
    await expect.poll(() => new Set(seqs(got)).size).toBe(40);
    await expect.poll(() => store.journal.read("t1", 0, 1)).toBeUndefined();
  });

  test("is the task as it stands where entries were folded away", async () => {
    const { url, got } = await receiver((response, _notification, index) => {
      response.writeHead(index < 2 ? 500 : 204).end();
    });
    const store = memory({ folding: { keep: 0 } });
    const { push, tell } = await pushing({ store, schedule: [] });
    await push.create({ id: "a", url }, "t1");
    await tell("t1", 2, "TASK_STATE_COMPLETED");
    await expect.poll(() => store.journal.read("t1", 0, 1)).toBeUndefined();
    await push.replay("t1", "a", [1]);
    await expect.poll(() => got.length).toBe(3);
    expect(JSON.parse(got[2]?.body ?? "")).toMatchObject({
      task: { id: "t1", status: { state: "TASK_STATE_COMPLETED" } },
    });
    expect(got[2]?.headers["webhook-id"]).toBe(got[0]?.headers["webhook-id"]);
  });
});

describe("waiting", () => {
  test("Retry-After is honoured when it asks for more than the schedule", async () => {
    const { url } = await receiver((response) => response.writeHead(503, { "retry-after": "7200" }).end());
    const { push, tell } = await pushing();
    await push.create({ url }, "t1");
    await tell("t1", 1);
    const due = async () => (await push.deliveries({ limit: 1 }))[0]?.dueInMillis ?? 0;
    await expect.poll(due).toBeGreaterThan(7_100_000);
    expect(await due()).toBeLessThanOrEqual(7_200_001);
  });

  test("a receiver that drops connections is tried again", async () => {
    const { url, got } = await receiver((response, _notification, index) => {
      if (index === 0) response.destroy();
      else response.end();
    });
    const { push, tell, close } = await pushing();
    await push.create({ url }, "t1");
    await tell("t1", 2);
    await close();
    expect(seqs(got)).toEqual([1, 1, 2]);
  });

  test("a redirect leads nowhere", async () => {
    const target = await receiver();
    const { url, got } = await receiver((response) =>
      response.writeHead(307, { location: target.url }).end(),
    );
    const { push, tell } = await pushing({ schedule: [1] });
    await push.create({ id: "a", url }, "t1");
    await tell("t1", 1);
    await expect.poll(async () => (await push.deadLetters("t1", "a", 1)).length).toBe(1);
    expect(got).toHaveLength(2);
    expect(target.got).toEqual([]);
  });

  test("a store that does not take progress is told of once, and gets it when it is back", async () => {
    const { url, got } = await receiver();
    const store = memory();
    const { push, tell, lines } = await pushing({ store });
    const { outbox } = store;
    const save = outbox.save.bind(outbox);
    let broken = true;
    outbox.save = (...values) => {
      if (broken) throw new Error("disk full");
      return save(...values);
    };
    await push.create({ url }, "t1");
    await tell("t1", 3, "TASK_STATE_COMPLETED");
    await expect.poll(() => lines.length).toBe(1);
    broken = false;
    await expect
      .poll(async () => (await outbox.deliveries({ limit: 1 }))[0]?.state, { timeout: 5000 })
      .toBe("done");
    expect(seqs(got)).toEqual([1, 2, 3]);
    expect(lines.map(({ message }) => message)).toEqual([
      "The progress of push notifications could not be stored",
    ]);
  });

  test("a store that cannot be read throws nothing at the engine, and is read when it is back", async () => {
    const { url, got } = await receiver();
    const store = memory();
    const { push, tell, lines } = await pushing({ store });
    await push.create({ url }, "t1");
    const { outbox } = store;
    const claim = outbox.claim.bind(outbox);
    let broken = true;
    outbox.claim = async (of) => {
      if (broken) throw new Error("disk gone");
      return claim(of);
    };
    await tell("t1", 3);
    await expect.poll(() => lines.length).toBe(1);
    broken = false;
    await expect.poll(() => seqs(got), { timeout: 5000 }).toEqual([1, 2, 3]);
  });
});

describe("sharing", () => {
  test("a receiver that hangs holds up nobody else, however many configurations it has", async () => {
    const hanging = await receiver(() => {});
    const good = await receiver();
    const { push, tell } = await pushing({ concurrency: { total: 6, perHost: 4 } });
    for (let i = 0; i < 20; i++) await push.create({ url: hanging.url }, `h${i >> 1}`);
    await push.create({ url: good.url }, "t1");
    for (let i = 0; i < 10; i++) await tell(`h${i}`, 5);
    await tell("t1", 50);
    await expect.poll(() => good.got.length).toBe(50);
    expect(hanging.got).toHaveLength(4);
  });

  test("of a host that does not answer only a few wait in line", async () => {
    const hanging = await receiver(() => {});
    const store = memory();
    const { push, tell } = await pushing({
      store,
      concurrency: { perHost: 2 },
      timeoutMs: 30,
      schedule: [60_000],
    });
    for (let i = 0; i < 20; i++) {
      await push.create({ url: hanging.url }, `h${i}`);
      await tell(`h${i}`, 1);
    }
    const waiting = async () =>
      (await store.outbox.deliveries({ limit: 99 })).filter((each) => each.dueInMillis);
    await expect.poll(async () => (await waiting()).length).toBe(20);
    expect((await waiting()).filter(({ attempts }) => attempts === 0).length).toBeGreaterThan(5);
  });

  test("two senders of one store share the work, and neither does it twice", async () => {
    const { url, got } = await receiver();
    const store = slow(memory());
    for (let i = 0; i < 40; i++) {
      await store.pushConfigs.put({ taskId: `t${i}`, id: "a", url });
      await append(store, `t${i}`, 3, "TASK_STATE_COMPLETED");
    }
    const senders = await Promise.all([pushing({ store }), pushing({ store })]);
    await Promise.all(senders.map(({ close }) => close()));
    expect(got).toHaveLength(120);
    expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(120);
  });

  test("what another node has recorded and told nobody of is found", { timeout: 15_000 }, async () => {
    const { url, got } = await receiver();
    const nodes: Nodes = {
      beat: () => true,
      leave: () => {},
      held: () => [],
      takeOver: () => [],
      interject: () => undefined,
      stands: () => new Map(),
    };
    const store = { ...memory(), nodes };
    const { push } = await pushing({ store });
    await push.create({ url }, "t1");
    await append(store, "t1", 3);
    await expect.poll(() => seqs(got), { timeout: 10_000 }).toEqual([1, 2, 3]);
  });

  test("hosts take turns, none above its share", async () => {
    const slots = new Slots(3, 2);
    const order: string[] = [];
    const take = (host: string) => slots.take(host).then((may) => may && order.push(host));
    for (const host of ["a", "a", "a", "b", "b", "c"]) void take(host);
    await Promise.resolve();
    await Promise.resolve();
    expect(order).toEqual(["a", "a", "b"]);
    for (const host of ["a", "b", "a"]) slots.give(host, true);
    await Promise.resolve();
    await Promise.resolve();
    expect(order.slice(3).sort()).toEqual(["a", "b", "c"]);
  });

  test("a task without configurations costs no look at the store", async () => {
    const store = memory();
    const { push, tell } = await pushing({ store });
    await push.create({ url: "https://client.example/" }, "t2");
    let looks = 0;
    const { claim } = store.outbox;
    store.outbox.claim = (asked) => {
      if (typeof asked.of !== "string") looks++;
      return claim.call(store.outbox, asked);
    };
    await tell("t1", 100);
    await Promise.resolve();
    expect(looks).toBe(0);
  });

  test("a task that goes on is claimed once at most", async () => {
    const { url, got } = await receiver();
    const store = memory();
    const { push, tell } = await pushing({ store });
    await push.create({ url }, "t1");
    let claimed = 0;
    const { claim } = store.outbox;
    store.outbox.claim = (asked) => {
      if (typeof asked.of !== "string") claimed++;
      return claim.call(store.outbox, asked);
    };
    for (let i = 1; i <= 20; i++) {
      await tell("t1", 1);
      await expect.poll(() => got.length, { interval: 1 }).toBe(i);
    }
    expect(claimed).toBeLessThanOrEqual(1);
  });
});

describe("closing", () => {
  test("waits no longer than it may, says what was not sent, and leaves it for the next start", async () => {
    let open = false;
    const { url, got } = await receiver((response) => {
      if (open) response.end();
    });
    const store = memory();
    const { push, tell, close, lines } = await pushing({ store });
    await push.create({ url }, "t1");
    await tell("t1", 5);
    await expect.poll(() => got.length).toBe(1);
    await close(20);
    expect(lines).toEqual([
      { message: "Push notifications were not sent before the end", fields: { configurations: 1 } },
    ]);
    await tell("t1", 1);
    expect(got).toHaveLength(1);
    open = true;
    await pushing({ store });
    await expect.poll(() => seqs(got)).toEqual([1, 1, 2, 3, 4, 5, 6]);
  });

  test("a Push that never had anything to send closes at once", async () => {
    const post = () => Promise.reject(new Error("not to be called"));
    const log = { error() {}, warn() {}, info() {} };
    const push = new Push({ store: memory(), post, log });
    await push.open();
    push.publish("t1", []);
    await push.close();
  });
});
