/** Who may do what (spec 3.3.2, 7.4, 13.1, 13.3, 13.4), on both bindings of a real server. */
import { describe, expect, it } from "vitest";
import { apiKeys, bearerTokens } from "../../src/auth/index.js";
import { A2AError, artifact, inputRequired } from "../../src/index.js";
import type { AgentCard, ListTasksResponse } from "../../src/protocol/index.js";
import { bindings, call, keepingLog, online, requestsAbout, saying, send } from "./rig.js";

const asAlice = { authorization: "Bearer alice-token" };
const asBob = { authorization: "Bearer bob-token" };
const asNobody = { authorization: "Bearer wrong-token" };
const authenticator = bearerTokens({
  "alice-token": { id: "alice", scopes: ["cards"] },
  "bob-token": { id: "bob" },
});
const extended: AgentCard = {
  name: "Test",
  description: "With more",
  version: "2",
  supportedInterfaces: [{ url: "https://a.example/", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
  capabilities: {},
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [{ id: "more", name: "More", description: "More", tags: ["more"] }],
};
const post = () => Promise.resolve({ status: 204 });
const asking = async function* () {
  yield artifact("a", "x");
  yield inputRequired("?");
};

describe.each(bindings)("over %s", (binding) => {
  it.each(requestsAbout("none"))("%s needs credentials, and says which", async (operation, request) => {
    await using server = await online(asking, { authenticator, post, extendedCard: extended });
    for (const headers of [{}, asNobody, { authorization: "Basic YTpi" }]) {
      const answer = await call(server.url, binding, operation, request, headers);
      expect(answer.status).toBe(401);
      expect(answer.error?.reason).toBe("UNAUTHENTICATED");
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer realm="a2a"/);
      expect(answer.text).not.toContain("wrong-token");
    }
    const { error } = await call(server.url, binding, operation, request, asAlice);
    expect(error?.reason).not.toBe("UNAUTHENTICATED");
  });

  it("credentials are taken the way the card declares", async () => {
    const key = apiKeys({ "alice-key": "alice" }, { in: "header", name: "X-API-Key" });
    await using server = await online(asking, { authenticator: key });
    expect(server.card.securitySchemes).toEqual({
      apiKey: { apiKeySecurityScheme: { location: "header", name: "X-API-Key" } },
    });
    expect(server.card.securityRequirements).toEqual([{ schemes: { apiKey: { list: [] } } }]);
    const listed = await call(server.url, binding, "ListTasks", {}, { "x-api-key": "alice-key" });
    expect(listed.status).toBe(200);
    expect((await call(server.url, binding, "ListTasks", {}, { "x-api-key": "other" })).status).toBe(401);
  });

  it("a caller without permission is told what is missing", async () => {
    await using server = await online(asking, {
      authenticator,
      interceptors: [
        async ({ operation, principal }, next) => {
          if (operation !== "ListTasks" || principal?.scopes?.includes("cards")) return next();
          throw new A2AError("PERMISSION_DENIED", "ListTasks needs the scope cards", {
            metadata: { scope: "cards" },
          });
        },
      ],
    });
    const refused = await call(server.url, binding, "ListTasks", {}, asBob);
    expect(refused.status).toBe(403);
    expect(refused.error).toMatchObject({ reason: "PERMISSION_DENIED", metadata: { scope: "cards" } });
    expect((await call(server.url, binding, "ListTasks", {}, asAlice)).status).toBe(200);
  });

  it("what is somebody else's looks like what does not exist, to every operation", async () => {
    await using server = await online(asking, { authenticator, post, extendedCard: extended });
    const { url } = server;
    const { id } = await send(url, binding, saying("go"), asAlice);
    const config = { taskId: id, id: "c", url: "https://hook.example/" };
    const created = await call(url, binding, "CreateTaskPushNotificationConfig", config, asAlice);
    expect(created.error).toBeUndefined();
    const same = (text: string, taskId: string) => text.replaceAll(taskId, "ID");
    for (const [index, [operation, request]] of requestsAbout(id).entries()) {
      if (operation === "ListTasks" || operation === "GetExtendedAgentCard") continue;
      const foreign = await call(url, binding, operation, request, asBob);
      const absent = await call(url, binding, operation, requestsAbout("no-such")[index]?.[1], asBob);
      expect(foreign.error?.reason).toBe("TASK_NOT_FOUND");
      expect([foreign.status, same(foreign.text, id)]).toEqual([absent.status, same(absent.text, "no-such")]);
    }
    const list = async (headers: Record<string, string>, request: object = {}) =>
      (await call(url, binding, "ListTasks", request, headers)).result as ListTasksResponse;
    const task = await call(url, binding, "GetTask", { id }, asAlice);
    const { contextId } = task.result as { contextId: string };
    expect(await list(asBob)).toMatchObject({ tasks: [], totalSize: 0 });
    expect(await list(asBob, { contextId })).toMatchObject({ tasks: [], totalSize: 0 });
    expect((await list(asAlice)).tasks.map((each) => each.id)).toEqual([id]);
    expect(await list({ ...asAlice }, { tenant: "other" })).toMatchObject({ tasks: [] });
  });

  it("a context of somebody else's cannot be used", async () => {
    await using server = await online(asking, { authenticator });
    const message = saying("go", { contextId: "shared" });
    await send(server.url, binding, message, asAlice);
    const { error } = await call(server.url, binding, "SendMessage", message, asBob);
    expect(error).toMatchObject({ reason: "INVALID_PARAMS", violations: [{ field: "message.contextId" }] });
    expect(await send(server.url, binding, message, asAlice)).toMatchObject({ contextId: "shared" });
  });

  it("a context id that every event would repeat is not longer than 1000 characters", async () => {
    await using server = await online(asking);
    const { url } = server;
    const longest = "c".repeat(1_000);
    expect(await send(url, binding, saying("go", { contextId: longest }))).toMatchObject({
      contextId: longest,
    });
    const { error } = await call(url, binding, "SendMessage", saying("go", { contextId: `${longest}c` }));
    expect(error).toMatchObject({
      reason: "INVALID_PARAMS",
      violations: [{ field: "message.contextId", description: "expected at most 1000 characters" }],
    });
  });

  it("the extended card is for those who may see it, may differ by caller, and is not kept by caches", async () => {
    const { lines, log } = keepingLog();
    await using server = await online(asking, {
      authenticator,
      log,
      extendedCard: ({ id, scopes }) => {
        if (!scopes?.includes("cards")) throw new A2AError("PERMISSION_DENIED");
        return { ...extended, name: `For ${id}` };
      },
    });
    const { url } = server;
    expect((await call(url, binding, "GetExtendedAgentCard")).status).toBe(401);
    expect((await call(url, binding, "GetExtendedAgentCard", {}, asBob)).status).toBe(403);
    expect(lines.map(({ fields }) => [fields["reason"], fields["principal"]])).toEqual([
      ["UNAUTHENTICATED", undefined],
      ["PERMISSION_DENIED", "bob"],
    ]);
    const answer = await call(url, binding, "GetExtendedAgentCard", {}, asAlice);
    expect(answer.result).toEqual({ ...extended, name: "For alice" });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const open = (await (await fetch(`${url}/.well-known/agent-card.json`)).json()) as AgentCard;
    expect(open.capabilities.extendedAgentCard).toBe(true);
    expect(open.skills.map(({ id }) => id)).not.toContain("more");
  });

  it("an extended card that breaks the specification is the agent's fault", async () => {
    const { name: _, ...broken } = extended;
    const { lines, log } = keepingLog();
    const extendedCard = () => broken as AgentCard;
    await using server = await online(asking, { authenticator, extendedCard, log });
    const { error } = await call(server.url, binding, "GetExtendedAgentCard", {}, asAlice);
    expect(error).toMatchObject({ reason: "INVALID_AGENT_RESPONSE", violations: [{ field: "name" }] });
    expect(lines).toHaveLength(1);
  });

  it("refusals and failures are logged, without credentials", async () => {
    const { lines, log } = keepingLog();
    await using server = await online(asking, {
      authenticator,
      log,
      interceptors: [
        async ({ operation }, next) => {
          if (operation === "ListTasks") throw new A2AError("PERMISSION_DENIED");
          if (operation === "CancelTask") throw new Error("the database is gone");
          return next();
        },
      ],
    });
    const { url } = server;
    await call(url, binding, "GetTask", { id: "t" }, asNobody);
    await call(url, binding, "ListTasks", {}, asBob);
    const failed = await call(url, binding, "CancelTask", { id: "t" }, asAlice);
    expect(failed.error?.reason).toBe("INTERNAL_ERROR");
    expect(failed.text).not.toContain("database");
    expect(
      lines.map(({ level, fields }) => [level, fields["operation"], fields["reason"], fields["principal"]]),
    ).toEqual([
      ["warn", "GetTask", "UNAUTHENTICATED", undefined],
      ["warn", "ListTasks", "PERMISSION_DENIED", "bob"],
      ["error", undefined, undefined, undefined],
    ]);
    expect(String(lines.at(-1)?.fields["error"])).toContain("the database is gone");
    expect(JSON.stringify(lines)).not.toContain("token");
  });

  it("an interceptor can hold a caller to a rate, which is an error of its own", async () => {
    await using server = await online(asking, {
      interceptors: [
        async () => {
          throw new A2AError("RESOURCE_EXHAUSTED", undefined, { retryAfter: 7 });
        },
      ],
    });
    const answer = await call(server.url, binding, "ListTasks");
    expect([answer.status, answer.error?.reason]).toEqual([429, "RESOURCE_EXHAUSTED"]);
    expect(answer.headers.get("retry-after")).toBe("7");
  });
});

it("a card that asks for credentials which nobody checks is told to the operator", async () => {
  const { lines, log } = keepingLog();
  const card = {
    securityRequirements: [...authenticator.requirements],
    securitySchemes: authenticator.schemes,
  };
  await (await online(asking, { card, log }))[Symbol.asyncDispose]();
  expect(lines).toEqual([
    expect.objectContaining({ level: "warn", message: expect.stringContaining("credentials") }),
  ]);
  await (await online(asking, { card, log, authenticator }))[Symbol.asyncDispose]();
  expect(lines).toHaveLength(1);
});

it("an extended card without anybody who asks for credentials is refused at the start", async () => {
  await expect(online(asking, { extendedCard: extended })).rejects.toThrow(
    "extendedCard needs an authenticator",
  );
});

it("a stranger's calls leave nothing of the task in memory", async () => {
  let loads = 0;
  const { memory } = await import("../../src/stores/memory/index.js");
  const store = memory();
  const load = store.journal.load.bind(store.journal);
  store.journal.load = (id) => {
    loads++;
    return load(id);
  };
  await using server = await online(asking, { authenticator, store });
  const { id } = await send(server.url, "JSONRPC", saying("go"), asAlice);
  await call(server.url, "JSONRPC", "CancelTask", { id }, asAlice);
  loads = 0;
  for (const operation of ["CancelTask", "SubscribeToTask"] as const) {
    await call(server.url, "JSONRPC", operation, { id }, asBob);
  }
  await call(server.url, "JSONRPC", "SendMessage", saying("more", { taskId: id }), asBob);
  expect(loads).toBe(0);
});
