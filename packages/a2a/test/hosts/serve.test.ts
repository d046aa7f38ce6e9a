/** An agent online: the real engine behind `serve`, and what its shutdown leaves. */
import { afterEach, describe, expect, it } from "vitest";
import { defineAgent, working } from "../../src/agent/index.js";
import { type ServeOptions, type Serving, serve } from "../../src/hosts/node/index.js";
import { silent } from "../../src/ports/index.js";
import { RawClient } from "./raw-client.js";
import { textReader } from "./text-reader.js";

let serving: Serving | undefined;
afterEach(() => serving?.close());

const card = { name: "Echo", description: "Says it again", version: "1.0.0" };
const echo = defineAgent({ card, reply: (request) => request.text, async *execute() {} });
const patient = defineAgent({
  card,
  async *execute(_, { signal }) {
    yield working("Waiting");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

const online = async (agent = echo, options: ServeOptions = {}) => {
  serving = await serve(agent, { log: silent, ...options });
  return serving;
};
const headers = { "content-type": "application/json", "a2a-version": "1.0" };
const body = JSON.stringify({ message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "Hi" }] } });

describe("serve", () => {
  it("answers on both bindings at the URLs of its card", async () => {
    const { url } = await online();
    const served = await (await fetch(`${url}/.well-known/agent-card.json`)).json();
    expect(served).toEqual(serving?.card);
    for (const { url, protocolBinding } of serving?.card.supportedInterfaces ?? []) {
      const response = await (protocolBinding === "JSONRPC"
        ? fetch(url, {
            method: "POST",
            headers,
            body: `{"jsonrpc":"2.0","id":1,"method":"SendMessage","params":${body}}`,
          })
        : fetch(`${url}/message:send`, { method: "POST", headers, body }));
      expect(await response.text()).toContain('"text":"Hi"');
    }
    expect(serving?.card.supportedInterfaces).toHaveLength(2);
  });

  it("keeps to its base path, also in the card", async () => {
    const { url, card } = await online(echo, { basePath: "/agents/echo" });
    expect(url).toMatch(/\/agents\/echo$/);
    expect(card.supportedInterfaces.map((one) => one.url)).toEqual([`${url}/`, url]);
    expect((await fetch(`${url}/message:send`, { method: "POST", headers, body })).status).toBe(200);
  });

  it("tells its public URL, never what a Host header claims", async () => {
    const { port } = await online(echo, { publicUrl: "https://agents.test/echo" });
    const client = new RawClient(`http://127.0.0.1:${port}`);
    client.say(
      "GET /.well-known/agent-card.json HTTP/1.1\r\nhost: evil.test\r\nx-forwarded-host: evil.test\r\n\r\n",
    );
    const response = await client.until('"url":"https://agents.test/echo"');
    expect(response).not.toContain("evil");
    client.leave();
  });

  it.each([{ publicUrl: "https://agents.test/echo/" }, { basePath: "/echo/" }])(
    "is at a URL that paths can be added to: %j",
    async (options) => {
      const { url, card } = await online(echo, options);
      expect(url).toMatch(/\/echo$/);
      expect(card.supportedInterfaces.map((one) => one.url)).toEqual([`${url}/`, url]);
    },
  );

  it("is ready once it is open", async () => {
    const { url } = await online();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it("ends runs and streams in order when it closes, and takes nothing more", async () => {
    const { url, server } = await online(patient);
    const response = await fetch(`${url}/message:stream`, { method: "POST", headers, body });
    const received = new Promise((resolve) => server.once("request", resolve));
    const blocking = fetch(`${url}/message:send`, { method: "POST", headers, body }).then((sent) =>
      sent.text(),
    );
    const reader = textReader(response);
    let text = "";
    for (; !text.includes("Waiting"); ) text += (await reader.read()).value ?? "";
    await received;
    await serving?.close();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
      text += value;
    expect(text).toContain("TASK_STATE_FAILED");
    expect(await blocking).toMatch(/TASK_STATE_FAILED|UNAVAILABLE/);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    serving = undefined;
  });

  it("closes the store when the port is taken", async () => {
    const { port } = await online();
    await expect(serve(echo, { port, log: silent })).rejects.toThrow("another process listens there");
  });

  it("notices a reader that leaves, and goes on without it", async () => {
    const { url } = await online(patient);
    const leaving = new AbortController();
    const response = await fetch(`${url}/message:stream`, {
      method: "POST",
      headers,
      body,
      signal: leaving.signal,
    });
    const reader = textReader(response);
    const id = /"id":"([^"]+)"/.exec((await reader.read()).value ?? "")?.[1];
    leaving.abort();
    await expect(reader.read()).rejects.toThrow();
    const task = await (await fetch(`${url}/tasks/${id}`, { headers })).text();
    expect(task).toMatch(/TASK_STATE_(SUBMITTED|WORKING)/);
    const canceled = await fetch(`${url}/tasks/${id}:cancel`, { method: "POST", headers });
    expect(await canceled.text()).toContain("TASK_STATE_CANCELED");
  });
});
