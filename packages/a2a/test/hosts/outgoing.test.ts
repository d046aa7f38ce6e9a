/** Where the webhooks of `serve` may go: what it is told counts, and otherwise the environment. */
import { createServer } from "node:http";
import { type AddressInfo, connect as connectTo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { artifact, defineAgent } from "../../src/agent/index.js";
import { connect } from "../../src/client/index.js";
import { type OutgoingSettings, type Serving, serve } from "../../src/hosts/node/index.js";
import { silent } from "../../src/ports/index.js";
import { receiver } from "../push/support.js";

const agent = defineAgent({
  card: { name: "Echo", description: "Says it again", version: "1.0.0" },
  async *execute({ text }) {
    yield artifact("echo", text);
  },
});

let serving: Serving | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await serving?.close();
});

/** Whether a webhook to loopback was taken, and sent. */
async function delivers(url: string, outgoing: OutgoingSettings | undefined): Promise<boolean> {
  await serving?.close();
  serving = await serve(agent, { log: silent, ...(outgoing && { outgoing }) });
  const client = await connect(serving.url);
  const configuration = { taskPushNotificationConfig: { url } };
  const refused = await client.sendMessage("x", { configuration }).catch((error: Error) => error);
  if (refused instanceof Error) expect(refused.message).toContain("not at a public address");
  return !(refused instanceof Error);
}

it("goes by the options, and for what they do not say by the environment", async () => {
  const { url, got } = await receiver();
  expect(await delivers(url, undefined)).toBe(false);
  expect(await delivers(url, { allow: ["127.0.0.0/8"] })).toBe(true);
  await vi.waitFor(() => expect(got.at(-1)?.body).toContain("TASK_STATE_COMPLETED"));
  vi.stubEnv("PARLEY_ALLOW_PRIVATE", "1");
  expect(await delivers(url, {})).toBe(true);
  expect(await delivers(url, { allowPrivate: false })).toBe(false);
  expect(await delivers(url, { allow: ["10.0.0.1"] })).toBe(false);
  await expect(serve(agent, { outgoing: { allow: ["a b"] } })).rejects.toThrow(TypeError);
  await expect(serve(agent, { outgoing: { proxy: "socks5://127.0.0.1" } })).rejects.toThrow(TypeError);
});

it("goes through the proxy it is told", async () => {
  const { url, got } = await receiver();
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url);
    const target = connectTo(Number(new URL(url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    socket.on("error", () => target.destroy());
    target.on("error", () => socket.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  const { port } = proxy.address() as AddressInfo;
  vi.stubEnv("PARLEY_PROXY", "http://127.0.0.1:9");
  const outgoing = { allow: ["hook.example"], proxy: `http://127.0.0.1:${port}` };
  expect(await delivers("http://hook.example:81/hook", outgoing)).toBe(true);
  await vi.waitFor(() => expect(got.at(-1)?.body).toContain("TASK_STATE_COMPLETED"));
  expect(asked[0]).toBe("hook.example:81");
  await serving?.close();
  proxy.close();
});
