import { describe, expect, test } from "vitest";
import { createOutgoing } from "../../src/outgoing/index.js";
import { A2AError, type TaskPushNotificationConfig } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { slow } from "./slow.js";
import { pushing } from "./support.js";

const url = "https://client.example/hook?key=1";

async function refusal(promise: Promise<unknown>): Promise<A2AError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof A2AError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

test("a configuration is handed back with url, id and scheme, never with its secrets", async () => {
  const { push, store } = await pushing();
  const config = {
    tenant: "acme",
    id: "mine",
    taskId: "ignored",
    url,
    token: "s3cr3t-token",
    authentication: { scheme: "Bearer", credentials: "s3cr3t-credentials" },
  };
  const answer = { tenant: "acme", id: "mine", taskId: "t1", url, authentication: { scheme: "Bearer" } };
  expect(await push.create(config, "t1")).toEqual(answer);
  expect(await push.get("t1", "mine")).toEqual(answer);
  expect(await push.list("t1")).toEqual({ configs: [answer], nextPageToken: "" });
  expect(await store.pushConfigs.get("t1", "mine")).toEqual({ ...config, taskId: "t1" });
});

test("an id is made when the client gives none", async () => {
  const { push } = await pushing();
  const first = await push.create({ url }, "t1");
  const second = await push.create({ url, id: "" }, "t1");
  expect(first.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.id).not.toBe(first.id);
  expect(first).toEqual({ id: first.id, taskId: "t1", url });
});

test("ids are unique per task: the same one replaces, another task's is another", async () => {
  const { push } = await pushing();
  await push.create({ id: "a", url: "https://one.example/" }, "t1");
  await push.create({ id: "a", url: "https://two.example/" }, "t1");
  await push.create({ id: "a", url: "https://three.example/" }, "t2");
  expect((await push.list("t1")).configs).toEqual([{ id: "a", taskId: "t1", url: "https://two.example/" }]);
  expect((await push.get("t2", "a")).url).toBe("https://three.example/");
});

test("an absent configuration is TASK_NOT_FOUND; deleting twice succeeds", async () => {
  const { push } = await pushing();
  await push.create({ id: "a", url }, "t1");
  await push.delete("t1", "a");
  await push.delete("t1", "a");
  await push.delete("t2", "never");
  expect((await refusal(push.get("t1", "a"))).reason).toBe("TASK_NOT_FOUND");
  expect(await push.list("t1")).toEqual({ configs: [], nextPageToken: "" });
});

test("a task has only so many, and replacing one is no more", async () => {
  const { push } = await pushing({ maxPerTask: 2 });
  await push.create({ id: "a", url }, "t1");
  await push.create({ id: "b", url }, "t1");
  const error = await refusal(push.create({ id: "c", url }, "t1"));
  expect([error.reason, error.message]).toEqual([
    "RESOURCE_EXHAUSTED",
    "A task has at most 2 push notification configurations",
  ]);
  await push.create({ id: "b", url }, "t1");
  await push.create({ id: "c", url }, "t2");
  await push.delete("t1", "a");
  await push.create({ id: "c", url }, "t1");
});

describe("what cannot be sent is refused, by field", () => {
  const rows: [string, Partial<TaskPushNotificationConfig>, string[]][] = [
    ["no URL", { url: "" }, ["url"]],
    ["a relative URL", { url: "/hook" }, ["url"]],
    ["another scheme", { url: "ftp://client.example/" }, ["url"]],
    ["credentials in the URL", { url: "https://u:p@client.example/" }, ["url"]],
    ["an endless URL", { url: `https://client.example/${"a".repeat(2100)}` }, ["url"]],
    ["an endless id", { id: "a".repeat(300) }, ["id"]],
    ["a token with a line break", { token: "a\r\nX-Evil: 1" }, ["token"]],
    ["a signing secret that is none", { token: "whsec_???" }, ["token"]],
    ["an empty signing secret", { token: "whsec_" }, ["token"]],
    ["a scheme that is none", { authentication: { scheme: "Bearer x" } }, ["authentication.scheme"]],
    ["an empty scheme", { authentication: { scheme: "" } }, ["authentication.scheme"]],
    [
      "credentials with a line break",
      { authentication: { scheme: "Bearer", credentials: "a\nb" } },
      ["authentication.credentials"],
    ],
    ["several at once", { url: "x", token: "\u00fc" }, ["url", "token"]],
  ];

  test.each(rows)("%s", async (_what, config, fields) => {
    const { push } = await pushing();
    const error = await refusal(push.create({ url, ...config }, "t1"));
    expect(error.reason).toBe("INVALID_PARAMS");
    expect(error.violations.map(({ field }) => field)).toEqual(fields);
    expect(error.message).not.toContain("Evil");
    const inline = await refusal(
      push.create({ url, ...config }, "t1", "configuration.taskPushNotificationConfig"),
    );
    expect(inline.violations.map(({ field }) => field)).toEqual(
      fields.map((field) => `configuration.taskPushNotificationConfig.${field}`),
    );
    expect((await push.list("t1")).configs).toEqual([]);
  });

  test.each([
    "http://127.0.0.1/",
    "http://10.0.0.1:80/",
    "http://[::1]/",
    "http://169.254.169.254/",
    "http://2130706433/",
  ])("%s, which is not public", async (url) => {
    const { push } = await pushing({ post: createOutgoing().post });
    const error = await refusal(push.create({ url }, "t1"));
    expect(error.violations).toHaveLength(1);
    expect(error.violations[0]?.field).toBe("url");
    expect(error.violations[0]?.description).toMatch(/is not at a public address$/);
  });
});

describe("lists", () => {
  const ids = ["a", "b", "c", "d", "\u00fc\u{1f600}"];

  async function filled() {
    const { push } = await pushing();
    for (const id of [...ids].reverse()) await push.create({ id, url, token: "s3cr3t" }, "t1");
    return push;
  }

  test("come in pages that miss and repeat nothing", async () => {
    const push = await filled();
    for (const pageSize of [1, 2, 4, 5, 100]) {
      const seen: (string | undefined)[] = [];
      let pageToken: string | undefined;
      let pages = 0;
      do {
        const page = await push.list("t1", { pageSize, pageToken });
        expect(page.configs?.length).toBeLessThanOrEqual(pageSize);
        expect(JSON.stringify(page)).not.toContain("s3cr3t");
        seen.push(...(page.configs ?? []).map(({ id }) => id));
        pageToken = page.nextPageToken;
        pages++;
      } while (pageToken);
      expect(seen).toEqual(ids);
      expect(pages).toBe(Math.ceil(ids.length / pageSize));
    }
  });

  test("go on where they were when a configuration goes", async () => {
    const push = await filled();
    const { nextPageToken } = await push.list("t1", { pageSize: 2 });
    await push.delete("t1", "b");
    await push.delete("t1", "c");
    const rest = await push.list("t1", { pageToken: nextPageToken });
    expect(rest.configs?.map(({ id }) => id)).toEqual(["d", ids[4]]);
  });

  test("take 0 as unset, and no other size out of bounds, and no token of somebody else's", async () => {
    const push = await filled();
    expect((await push.list("t1", { pageSize: 0, pageToken: "" })).configs).toHaveLength(5);
    for (const pageSize of [-1, 101]) {
      expect((await refusal(push.list("t1", { pageSize }))).violations[0]?.field).toBe("pageSize");
    }
    for (const pageToken of ["x", "zz", "616", "6G", "ff"]) {
      expect((await refusal(push.list("t1", { pageToken }))).violations[0]?.field).toBe("pageToken");
    }
  });
});

test("a store that answers later serves as well", async () => {
  const { push } = await pushing({ store: slow(memory()) });
  await push.create({ id: "a", url }, "t1");
  expect(await push.get("t1", "a")).toEqual({ id: "a", taskId: "t1", url });
  await push.delete("t1", "a");
  expect((await refusal(push.get("t1", "a"))).reason).toBe("TASK_NOT_FOUND");
});
