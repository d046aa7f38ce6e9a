/** Many requests at once on a store that takes its time. */
import { expect, test } from "vitest";
import type { PushConfigs } from "../../src/ports/index.js";
import { MemoryPushConfigs } from "../../src/stores/memory/push-configs.js";
import { entries, pushing, receiver, seqs } from "./support.js";

/** Every answer comes a macrotask later. */
function slow(inner: PushConfigs): PushConfigs {
  const later = async <T>(answer: () => T): Promise<Awaited<T>> => {
    await new Promise((resolve) => setImmediate(resolve));
    return await answer();
  };
  return {
    put: (config) => later(() => inner.put(config)),
    get: (taskId, id) => later(() => inner.get(taskId, id)),
    list: (taskId) => later(() => inner.list(taskId)),
    delete: (taskId, id) => later(() => inner.delete(taskId, id)),
    taskIds: () => later(() => inner.taskIds()),
  };
}

test("many creations at once do not pass the limit of a task", async () => {
  const { push } = pushing({ configs: slow(new MemoryPushConfigs()), maxPerTask: 3 });
  const create = (id: string, taskId = "t1") => push.create({ id, url: "https://client.example/" }, taskId);
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => create(`c${i}`)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  expect((await push.list("t1")).configs).toHaveLength(3);
  await expect(create("other", "t2")).resolves.toMatchObject({ id: "other" });
});

test("events published while configurations are read arrive in order", async () => {
  const { url, got } = await receiver();
  const { push } = pushing({ configs: slow(new MemoryPushConfigs()) });
  await push.create({ url }, "t1");
  for (let seq = 1; seq <= 30; seq++) {
    push.publish("t1", entries(1, seq));
    if (seq % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => got.length).toBe(30);
  expect(seqs(got)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
});
