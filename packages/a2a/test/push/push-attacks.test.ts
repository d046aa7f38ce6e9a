/** Many requests at once on a store that takes its time. */
import { expect, test } from "vitest";
import { memory } from "../../src/stores/memory/index.js";
import { slow } from "./slow.js";
import { pushing } from "./support.js";

test("many creations at once do not pass the limit of a task", async () => {
  const { push } = await pushing({ store: slow(memory()), maxPerTask: 3 });
  const create = (id: string, taskId = "t1") => push.create({ id, url: "https://client.example/" }, taskId);
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => create(`c${i}`)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  expect((await push.list("t1")).configs).toHaveLength(3);
  await expect(create("other", "t2")).resolves.toMatchObject({ id: "other" });
});
