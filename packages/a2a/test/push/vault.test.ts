import { expect, test } from "vitest";
import { Vault } from "../../src/push/vault.js";
import { memory } from "../../src/stores/memory/index.js";
import { pushing, receiver, seqs } from "./support.js";

const keys = [1, 2].map((n) => Buffer.alloc(32, n).toString("base64"));
const [first = "", second = ""] = keys;
const config = {
  id: "a",
  taskId: "t1",
  url: "https://client.example/hook?key=s3cr3t",
  token: "tok-s3cr3t",
  authentication: { scheme: "Bearer", credentials: "cred-s3cr3t" },
};

test("what is kept says nothing secret, and is delivered to all the same", async () => {
  const { url, got } = await receiver();
  const { push, store, tell, close } = await pushing({ encryptionKeys: [first] });
  await push.create({ ...config, url: `${url}?key=s3cr3t` }, "t1");
  expect(JSON.stringify(await store.pushConfigs.list("t1"))).not.toContain("s3cr3t");
  expect(await push.get("t1", "a")).toEqual({
    id: "a",
    taskId: "t1",
    url: `${url}?key=s3cr3t`,
    authentication: { scheme: "Bearer" },
  });
  await tell("t1", 1);
  await close();
  expect(got[0]).toMatchObject({
    path: "/hook?key=s3cr3t",
    headers: { authorization: "Bearer cred-s3cr3t", "x-a2a-notification-token": "tok-s3cr3t" },
  });
});

test("older keys and configurations from before there was a key are read", async () => {
  const sealed = await new Vault([second]).seal(config);
  expect(await new Vault(keys).open(sealed)).toEqual(config);
  expect(await new Vault(keys).open(config)).toEqual(config);
  expect(await new Vault([]).seal(config)).toEqual(config);
  const again = await new Vault([second]).seal(config);
  expect(again.sealed).not.toBe(sealed.sealed);
  const plain = { id: "b", taskId: "t1", url: "https://client.example/" };
  expect(await new Vault(keys).open(await new Vault(keys).seal(plain))).toEqual(plain);
});

test("another key, another configuration or a changed text opens nothing", async () => {
  const sealed = await new Vault([first]).seal(config);
  const text = sealed.sealed ?? "";
  for (const [vault, wrong] of [
    [new Vault([second]), sealed],
    [new Vault([]), sealed],
    [new Vault([first]), { ...sealed, id: "b" }],
    [
      new Vault([first]),
      { ...sealed, sealed: `${text.slice(0, 20)}${text[20] === "A" ? "B" : "A"}${text.slice(21)}` },
    ],
  ] as const) {
    await expect(vault.open(wrong)).rejects.toThrow("encrypted with a key that is not known");
  }
});

test("a key that is none is refused", () => {
  expect(() => new Vault(["c2hvcnQ="])).toThrow(TypeError);
});

test("without its key a configuration waits in the list of dead letters until there is one", async () => {
  const { url, got } = await receiver();
  const store = memory();
  const before = await pushing({ store, encryptionKeys: [first] });
  await before.push.create({ ...config, url: `${url}?key=s3cr3t` }, "t1");
  await before.close();
  const without = await pushing({ store, schedule: [] });
  expect(await without.push.get("t1", "a")).toEqual({
    id: "a",
    taskId: "t1",
    url,
    authentication: { scheme: "Bearer" },
  });
  await without.tell("t1", 2);
  await expect.poll(async () => (await without.push.deadLetters("t1", "a", 9)).length).toBe(2);
  expect((await without.push.deadLetters("t1", "a", 9))[0]?.error).toMatch(/a key that is not known/);
  await without.close();
  const after = await pushing({ store, encryptionKeys: [second, first] });
  await after.push.replay("t1", "a");
  await expect.poll(() => seqs(got)).toEqual([1, 2]);
});
