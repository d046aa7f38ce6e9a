/** Whatever is sent in the shapes of older versions, it is refused as wrong, and never as the server's fault. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import { type A2AServer, createServer } from "../../src/server.js";
import { json } from "./arbitrary-json.js";
import { agent } from "./rig.js";

let server: A2AServer;
beforeAll(async () => {
  server = createServer(agent, { versions: [v0_3, v0_1], post: async () => ({ status: 204 }) });
  await server.open();
});
afterAll(() => server.close());

async function ask(method: string, path: string, text: string) {
  const response = await server.handle({
    method,
    path,
    query: "",
    header: (name) => (name === "content-type" ? "application/json" : undefined),
    text: async () => text,
  });
  if (typeof response.body === "object") response.body.cancelled();
  return { status: response.status, body: typeof response.body === "string" ? response.body : "{}" };
}

const methods = [
  ...["message/send", "message/stream", "tasks/get", "tasks/cancel", "tasks/resubscribe"],
  ...["set", "get", "list", "delete"].map((verb) => `tasks/pushNotificationConfig/${verb}`),
  ...["tasks/send", "tasks/sendSubscribe", "tasks/pushNotification/set", "tasks/pushNotification/get"],
  "agent/getAuthenticatedExtendedCard",
];

describe.each(["/", "/v0.1"])("JSON-RPC at %s", (path) => {
  it.each(methods)("%s", async (method) => {
    await fc.assert(
      fc.asyncProperty(json, async (params) => {
        const { status, body } = await ask(
          "POST",
          path,
          JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        );
        expect(status).toBe(200);
        expect(JSON.parse(body).error?.code).not.toBe(-32603);
      }),
      { numRuns: 60 },
    );
  });
});

it.each([
  ["POST", "/v1/message:send"],
  ["POST", "/v1/message:stream"],
  ["POST", "/v1/tasks/none:cancel"],
  ["POST", "/v1/tasks/none/pushNotificationConfigs"],
  ["POST", "/tasks/send"],
])("%s %s", async (method, path) => {
  await fc.assert(
    fc.asyncProperty(json, async (body) => {
      const { status } = await ask(method, path, JSON.stringify(body) ?? "");
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 100 },
  );
});

it.each([
  "{",
  "",
  "[]",
  "null",
  '"text"',
  '{"jsonrpc":"2.0","id":1}',
  `${"[".repeat(5000)}${"]".repeat(5000)}`,
])("a body that is %.20s", async (text) => {
  for (const path of ["/", "/v0.1"])
    expect((await ask("POST", path, text)).body).toMatch(/"code":-326|"code":-327/);
  for (const path of ["/v1/message:send", "/tasks/send"])
    expect([400, 415]).toContain((await ask("POST", path, text)).status);
});
