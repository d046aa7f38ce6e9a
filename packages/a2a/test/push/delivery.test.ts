import { describe, expect, test } from "vitest";
import type { PushConfigs } from "../../src/ports/index.js";
import { Push } from "../../src/push/index.js";
import { Slots } from "../../src/push/slots.js";
import { MemoryPushConfigs } from "../../src/stores/memory/push-configs.js";
import { entries, pushing, receiver, seqs, status } from "./support.js";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test("an event arrives as application/a2a+json, with the credentials that were asked for", async () => {
  const { url, got } = await receiver();
  const { push } = pushing();
  const authentication = { scheme: "Basic", credentials: "dTpw" };
  await push.create({ id: "both", url: `${url}?q=1`, token: "tok", authentication }, "t1");
  const entry = status(1);
  push.publish("t1", [entry]);
  await push.close();
  expect(got).toHaveLength(1);
  expect(got[0]?.path).toBe("/hook?q=1");
  expect(got[0]?.body).toBe(entry.json);
  expect(got[0]?.headers).toMatchObject({
    "content-type": "application/a2a+json",
    authorization: "Basic dTpw",
    "x-a2a-notification-token": "tok",
  });
});

test("without credentials and token there are no such headers", async () => {
  const { url, got } = await receiver();
  const { push } = pushing();
  await push.create({ url, authentication: { scheme: "Bearer" } }, "t1");
  push.publish("t1", entries(1));
  await push.close();
  expect(got[0]?.headers).not.toHaveProperty("authorization");
  expect(got[0]?.headers).not.toHaveProperty("x-a2a-notification-token");
});

test("events arrive in order, one at a time, at every configuration of the task and of no other", async () => {
  let busy = 0;
  let most = 0;
  const slow = await receiver((response) => {
    most = Math.max(most, ++busy);
    setImmediate(() => {
      busy--;
      response.end();
    });
  });
  const quick = await receiver();
  const other = await receiver();
  const { push } = pushing();
  await push.create({ url: slow.url }, "t1");
  await push.create({ url: quick.url }, "t1");
  await push.create({ url: other.url }, "t2");
  push.publish("t1", entries(20));
  await expect.poll(() => quick.got.length).toBeGreaterThan(3);
  push.publish("t1", entries(30, 21));
  push.publish("t3", entries(1));
  await push.close();
  expect(seqs(slow.got)).toEqual(numbers(50));
  expect(seqs(quick.got)).toEqual(numbers(50));
  expect(most).toBe(1);
  expect(other.got).toEqual([]);
});

test("order holds when the store answers later", async () => {
  const { url, got } = await receiver();
  const memory = new MemoryPushConfigs();
  const configs: PushConfigs = {
    put: async (config) => memory.put(config),
    get: async (taskId, id) => memory.get(taskId, id),
    list: async (taskId) => {
      await new Promise((done) => setTimeout(done, 5));
      return memory.list(taskId);
    },
    delete: async (taskId, id) => memory.delete(taskId, id),
    taskIds: async () => memory.taskIds(),
  };
  const { push } = pushing({ configs });
  await push.create({ url }, "t1");
  for (const entry of entries(10)) {
    push.publish("t1", [entry]);
    await Promise.resolve();
  }
  await expect.poll(() => got.length).toBe(10);
  push.publish("t1", entries(5, 11));
  push.publish("t1", entries(5, 16));
  await push.close();
  expect(seqs(got)).toEqual(numbers(20));
});

test("configurations from before a restart are served", async () => {
  const { url, got } = await receiver();
  const first = pushing();
  await first.push.create({ url }, "t1");
  const { push } = pushing({ configs: first.configs });
  push.publish("t1", entries(1));
  await push.open();
  push.publish("t1", entries(1, 2));
  await push.close();
  expect(seqs(got)).toEqual([2]);
});

test("a task without configurations costs no look at the store", async () => {
  const memory = new MemoryPushConfigs();
  let listed = 0;
  const { push } = pushing({
    configs: Object.assign(memory, {
      list: (taskId: string) => {
        listed++;
        return MemoryPushConfigs.prototype.list.call(memory, taskId);
      },
    }),
  });
  await push.create({ url: "https://client.example/" }, "t2");
  listed = 0;
  push.publish("t1", entries(100));
  expect(listed).toBe(0);
});

test("after its last event a task is forgotten, and one created on an ended task is kept", async () => {
  const { url, got } = await receiver();
  const { push, configs } = pushing();
  await push.create({ id: "a", url }, "t1");
  push.publish("t1", [status(1), status(2, "TASK_STATE_COMPLETED")]);
  push.publish("t1", entries(1, 3));
  await push.create({ id: "b", url }, "t1");
  await push.close();
  expect(seqs(got)).toEqual([1, 2]);
  expect(configs.list("t1").map(({ id }) => id)).toEqual(["a", "b"]);
});

describe("failures", () => {
  test.each([500, 503, 429, 408, 425])("%i is tried again, with nothing overtaking", async (code) => {
    const { url, got } = await receiver((response, _notification, index) => {
      response.writeHead(index < 2 ? code : 200).end();
    });
    const { push, lines } = pushing();
    await push.create({ url }, "t1");
    push.publish("t1", entries(3));
    await push.close();
    expect(seqs(got)).toEqual([1, 1, 1, 2, 3]);
    expect(lines).toEqual([]);
  });

  test("a receiver that drops connections is tried again", async () => {
    const { url, got } = await receiver((response, _notification, index) => {
      if (index === 0) response.destroy();
      else response.end();
    });
    const { push } = pushing();
    await push.create({ url }, "t1");
    push.publish("t1", entries(2));
    await push.close();
    expect(seqs(got)).toEqual([1, 1, 2]);
  });

  test("what is refused is skipped, and told once", async () => {
    const { url, got } = await receiver((response, _notification, index) => {
      response.writeHead(index === 3 ? 200 : 400).end();
    });
    const { push, lines } = pushing();
    await push.create({ id: "a", url: `${url}?key=s3cr3t`, token: "s3cr3t" }, "t1");
    push.publish("t1", entries(6));
    await push.close();
    expect(seqs(got)).toEqual(numbers(6));
    const line = {
      message: "A push notification was refused",
      fields: { taskId: "t1", pushNotificationConfigId: "a", url, status: 400 },
    };
    expect(lines).toEqual([line, line]);
  });

  test("a redirect is a failure and leads nowhere", async () => {
    const target = await receiver();
    const { url, got } = await receiver((response) =>
      response.writeHead(307, { location: target.url }).end(),
    );
    const { push, lines } = pushing({ attempts: 2 });
    await push.create({ url }, "t1");
    push.publish("t1", entries(1));
    await push.close();
    expect(got).toHaveLength(2);
    expect(target.got).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  test("a receiver that cannot be reached is given up; of what waits the newest is still tried", async () => {
    const { url, got } = await receiver((response) => response.writeHead(503).end());
    const { push, lines } = pushing({ attempts: 3 });
    await push.create({ id: "a", url: `${url}?key=s3cr3t` }, "t1");
    push.publish("t1", entries(100));
    await push.close();
    expect(seqs(got)).toEqual([1, 1, 1, 100, 100, 100]);
    const fields = { taskId: "t1", pushNotificationConfigId: "a", url };
    const failed = {
      message: "A push notification could not be delivered",
      fields: { ...fields, attempts: 3, status: 503 },
    };
    expect(lines).toEqual([
      failed,
      failed,
      { message: "Push notifications were dropped", fields: { ...fields, dropped: 98 } },
    ]);
  });

  test("no more events wait than may, by number and by size, and the newest are kept", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url, got } = await receiver((response) => held.then(() => response.end()));
    const { push, lines } = pushing({ maxQueued: 5 });
    await push.create({ url }, "t1");
    push.publish("t1", entries(1));
    await expect.poll(() => got.length).toBe(1);
    push.publish("t1", entries(20, 2));
    release();
    await push.close();
    expect(seqs(got)).toEqual([1, 17, 18, 19, 20, 21]);
    expect(lines[0]?.fields).toMatchObject({ dropped: 15 });

    const small = pushing({ maxQueuedSize: 1 });
    await small.push.create({ url }, "t1");
    small.push.publish("t1", entries(4));
    await small.push.close();
    expect(seqs(got.slice(6))).toEqual([4]);
  });

  test("a store that fails is told and throws nothing at the engine", async () => {
    const broken = new MemoryPushConfigs();
    const { push, lines } = pushing({ configs: broken });
    await push.create({ url: "https://client.example/" }, "t1");
    for (const list of [
      () => {
        throw new Error("disk gone");
      },
      () => Promise.reject(new Error("disk gone")),
    ]) {
      Object.assign(broken, { list });
      push.publish("t1", entries(1));
      await expect.poll(() => lines.splice(0)).toMatchObject([{ fields: { taskId: "t1" } }]);
    }
  });
});

describe("changes under way", () => {
  test("nothing is sent after deletion", async () => {
    const { url, got } = await receiver((response) => response.writeHead(503).end());
    const { push } = pushing({ attempts: 1000 });
    await push.create({ id: "a", url }, "t1");
    push.publish("t1", entries(10));
    await expect.poll(() => got.length).toBeGreaterThan(1);
    await push.delete("t1", "a");
    const sent = got.length;
    push.publish("t1", entries(10, 11));
    await push.close();
    expect(got.length - sent).toBeLessThanOrEqual(1);
    expect(new Set(seqs(got))).toEqual(new Set([1]));
  });

  test("nothing is sent that was still waiting for its turn at the host", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url, got } = await receiver((response) => held.then(() => response.end()));
    const { push } = pushing({ concurrency: { perHost: 1 } });
    await push.create({ id: "a", url }, "t1");
    await push.create({ id: "b", url: `${url}/b` }, "t1");
    push.publish("t1", entries(1));
    await expect.poll(() => got.length).toBe(1);
    await push.delete("t1", "b");
    // Its turn comes after the one that was deleted.
    push.publish("t1", entries(1, 2));
    release();
    await push.close();
    expect(got.map(({ path }) => path)).toEqual(["/hook", "/hook"]);
  });

  test("a replaced configuration gets what waits", async () => {
    const before = await receiver((response) => response.writeHead(503).end());
    const after = await receiver();
    const { push } = pushing({ attempts: 100 });
    await push.create({ id: "a", url: before.url, token: "old" }, "t1");
    push.publish("t1", entries(3));
    await expect.poll(() => before.got.length).toBeGreaterThan(0);
    await push.create({ id: "a", url: after.url, token: "new" }, "t1");
    await push.close();
    expect(seqs(after.got)).toEqual([1, 2, 3]);
    expect(after.got[0]?.headers["x-a2a-notification-token"]).toBe("new");
  });

  test("a configuration added while others are served gets what comes then", async () => {
    const first = await receiver((response) => setTimeout(() => response.end(), 5));
    const second = await receiver();
    const { push } = pushing();
    await push.create({ url: first.url }, "t1");
    push.publish("t1", entries(3));
    await push.create({ url: second.url }, "t1");
    push.publish("t1", entries(2, 4));
    await push.close();
    expect(seqs(first.got)).toEqual([1, 2, 3, 4, 5]);
    expect(seqs(second.got)).toEqual([4, 5]);
  });
});

describe("sharing", () => {
  test("a receiver that hangs holds up nobody else, however many configurations it has", async () => {
    const hanging = await receiver(() => {});
    const good = await receiver();
    const { push } = pushing({ concurrency: { total: 6, perHost: 4 } });
    for (let i = 0; i < 20; i++) await push.create({ url: hanging.url }, `h${i >> 1}`);
    await push.create({ url: good.url }, "t1");
    for (let i = 0; i < 10; i++) push.publish(`h${i}`, entries(5));
    push.publish("t1", entries(50));
    await expect.poll(() => good.got.length).toBe(50);
    expect(hanging.got).toHaveLength(4);
  });

  test("hosts take turns, none above its share", async () => {
    const slots = new Slots(3, 2);
    const order: string[] = [];
    const take = (host: string) => slots.take(host).then(() => order.push(host));
    for (const host of ["a", "a", "a", "b", "b", "c"]) void take(host);
    await Promise.resolve();
    await Promise.resolve();
    expect(order).toEqual(["a", "a", "b"]);
    for (const host of ["a", "b", "a"]) slots.give(host);
    await Promise.resolve();
    await Promise.resolve();
    expect(order.slice(3).sort()).toEqual(["a", "b", "c"]);
  });
});

describe("closing", () => {
  test("waits no longer than it may, and says what was not sent", async () => {
    const { url, got } = await receiver(() => {});
    const { push, lines } = pushing();
    await push.create({ url }, "t1");
    push.publish("t1", entries(5));
    await expect.poll(() => got.length).toBe(1);
    await push.close(20);
    expect(lines).toEqual([
      { message: "Push notifications were not sent before the end", fields: { unsent: 4 } },
    ]);
    push.publish("t1", entries(1, 6));
    expect(got).toHaveLength(1);
  });

  test("a Push that never had anything to send closes at once", async () => {
    const post = () => Promise.reject(new Error("not to be called"));
    const log = { error() {}, warn() {}, info() {} };
    const push = new Push({ configs: new MemoryPushConfigs(), post, log });
    await push.open();
    push.publish("t1", entries(1));
    await push.close();
  });
});
