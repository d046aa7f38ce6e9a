/** One agent put together: what opens and closes it, and what runs around its operations. */
import { expect, it } from "vitest";
import { A2AError, createServer, defineAgent, inputRequired, memory } from "../src/index.js";
import { plainCall } from "./plain-call.js";

const card = { name: "Asker", description: "Asks", version: "1.0.0" };
const agent = defineAgent({
  card,
  async *execute() {
    return inputRequired("Which?");
  },
});
const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] };

it("closed while it opens, the store is closed after it was opened", async () => {
  const store = memory();
  const told: string[] = [];
  let opened = () => {};
  store.open = async () => {
    await new Promise<void>((resolve) => {
      opened = resolve;
    });
    told.push("open");
  };
  store.close = () => void told.push("close");
  const server = createServer(agent, { store });
  const opening = server.open();
  const closing = server.close();
  opened();
  await Promise.all([opening, closing]);
  expect(told).toEqual(["open", "close"]);
});

it("an interceptor that refuses after a stream was made leaves nobody subscribed", async () => {
  const store = memory();
  let loads = 0;
  const { load } = store.journal;
  store.journal.load = (id, options) => {
    loads++;
    return load.call(store.journal, id, options);
  };
  const server = createServer(agent, {
    store,
    interceptors: [
      async ({ operation }, next) => {
        const answer = await next();
        if (operation === "SubscribeToTask") throw new A2AError("RESOURCE_EXHAUSTED");
        return answer;
      },
    ],
  });
  await server.open();
  const { json } = await server.dispatcher.unary("SendMessage", { message }, plainCall);
  const { id } = (JSON.parse(json) as { task: { id: string } }).task;
  await expect(server.dispatcher.stream("SubscribeToTask", { id }, plainCall)).rejects.toMatchObject({
    reason: "RESOURCE_EXHAUSTED",
  });
  loads = 0;
  await server.dispatcher.unary("GetTask", { id }, plainCall);
  // Read from the store: no reader keeps the task in memory.
  expect(loads).toBe(1);
  await server.close();
});
