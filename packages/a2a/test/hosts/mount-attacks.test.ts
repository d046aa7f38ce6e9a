/** Paths that only look as if they were below the mount path. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHttpHandler } from "../../src/bindings/index.js";
import { fetchHandler } from "../../src/hosts/fetch.js";
import { nodeListener } from "../../src/hosts/node/index.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";

const dispatcher = new ScriptedDispatcher();
const handles = { handle: createHttpHandler({ dispatcher, card: () => ({}) as never }) };
const mount = { mountPath: "/agents/csv" };
const listening = createServer(nodeListener(handles, mount));
const onFetch = fetchHandler(handles, mount);
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
});
afterAll(() => void listening.close());

it.each([
  ["/agents/csv/tasks", 200],
  ["/agents/csv/tasks?pageSize=1", 200],
  ["/agents/csvtasks", 404],
  ["/agents/csv2/tasks", 404],
  ["/agents/csv2", 404],
  ["/agents/csv//tasks", 404],
  ["/agents/csv", 405],
  ["/agents/csv?x=1", 405],
])("%s is answered with %i on either kind of host", async (path, status) => {
  expect((await fetch(origin + path)).status).toBe(status);
  expect((await onFetch(new Request(origin + path))).status).toBe(status);
});

// One segment that only begins like the mount path would be a tenant.
it.each([
  ["/agent/tasks", 200],
  ["/agent/tenant/tasks", 200],
  ["/agent2/tasks", 404],
  ["/agent", 405],
])("%s below /agent/ is answered with %i on either kind of host", async (path, status) => {
  const below = { mountPath: "/agent/" };
  const server = createServer(nodeListener(handles, below)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  expect((await fetch(url)).status).toBe(status);
  expect((await fetchHandler(handles, below)(new Request(url))).status).toBe(status);
  server.close();
});
