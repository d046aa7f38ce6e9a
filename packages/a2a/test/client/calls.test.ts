import { describe, expect, test } from "vitest";
import { apiKey, bearer, type Client, type ClientOptions, createClient } from "../../src/client/index.js";
import { type OperationName, operationNames } from "../../src/protocol/index.js";
import { answer, bindings, cardFor, type Handler, refuse, taskOf, wireServer } from "./wire-server.js";

const task = taskOf("TASK_STATE_WORKING");
const message = { messageId: "m1", role: "ROLE_USER" as const, parts: [{ text: "hi" }] };
const config = { taskId: "t1", id: "c 1", url: "https://hook.example/" };
const streamed = { headers: { "content-type": "text/event-stream" } };

/** Every operation: how it is called, what it puts on either wire (below the tenant "acme"), what it answers. */
const calls: Record<
  OperationName,
  { call: (client: Client) => Promise<unknown>; rest: string; params: object; result: unknown }
> = {
  SendMessage: {
    call: (client) => client.sendMessage(message, { configuration: { returnImmediately: true } }),
    rest: "POST /rest/acme/message:send",
    params: { message },
    result: { task },
  },
  SendStreamingMessage: {
    call: (client) => client.sendStreamingMessage({ message }).next(),
    rest: "POST /rest/acme/message:stream",
    params: { message },
    result: streamed,
  },
  GetTask: {
    call: (client) => client.getTask({ id: "t/1", historyLength: 0 }),
    rest: "GET /rest/acme/tasks/t%2F1?historyLength=0",
    params: { id: "t/1", historyLength: 0 },
    result: task,
  },
  ListTasks: {
    call: (client) => client.listTasks({ status: "TASK_STATE_WORKING", pageSize: 2, includeArtifacts: true }),
    rest: "GET /rest/acme/tasks?status=TASK_STATE_WORKING&pageSize=2&includeArtifacts=true",
    params: { status: "TASK_STATE_WORKING", pageSize: 2, includeArtifacts: true },
    result: { tasks: [task], nextPageToken: "", pageSize: 2, totalSize: 1 },
  },
  CancelTask: {
    call: (client) => client.cancelTask({ id: "t1", metadata: { why: "late" } }),
    rest: "POST /rest/acme/tasks/t1:cancel",
    params: { id: "t1", metadata: { why: "late" } },
    result: task,
  },
  SubscribeToTask: {
    call: (client) => client.subscribeToTask({ id: "t1" }, { lastEventId: "7" }).next(),
    rest: "POST /rest/acme/tasks/t1:subscribe",
    params: { id: "t1" },
    result: streamed,
  },
  CreateTaskPushNotificationConfig: {
    call: (client) => client.createTaskPushNotificationConfig(config),
    rest: "POST /rest/acme/tasks/t1/pushNotificationConfigs",
    params: config,
    result: config,
  },
  GetTaskPushNotificationConfig: {
    call: (client) => client.getTaskPushNotificationConfig({ taskId: "t1", id: "c 1" }),
    rest: "GET /rest/acme/tasks/t1/pushNotificationConfigs/c%201",
    params: { taskId: "t1", id: "c 1" },
    result: config,
  },
  ListTaskPushNotificationConfigs: {
    call: (client) => client.listTaskPushNotificationConfigs({ taskId: "t1" }),
    rest: "GET /rest/acme/tasks/t1/pushNotificationConfigs",
    params: { taskId: "t1" },
    result: { configs: [config] },
  },
  DeleteTaskPushNotificationConfig: {
    call: (client) => client.deleteTaskPushNotificationConfig({ taskId: "t1", id: "c 1" }),
    rest: "DELETE /rest/acme/tasks/t1/pushNotificationConfigs/c%201",
    params: { taskId: "t1", id: "c 1" },
    result: {},
  },
  GetExtendedAgentCard: {
    call: (client) => client.getExtendedAgentCard(),
    rest: "GET /rest/acme/extendedAgentCard",
    params: {},
    result: cardFor("http://127.0.0.1:1", "JSONRPC"),
  },
};

describe.each(bindings)("%s", (binding) => {
  const clientOf = (url: string, options?: ClientOptions, tenant?: string) =>
    createClient(cardFor(url, binding, { tenant }), options);

  /** A client whose agent answers so. */
  async function against(handler: Handler, options?: ClientOptions) {
    const server = await wireServer(handler);
    return {
      server,
      client: clientOf(server.url, options),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }

  test.each(operationNames)("%s on the wire", async (name) => {
    const { call, rest, params, result } = calls[name];
    await using server = await wireServer((request, response) => {
      if (result !== streamed) return answer(request, response, result);
      const event = { task: taskOf("TASK_STATE_COMPLETED") };
      const data = binding === "JSONRPC" ? { jsonrpc: "2.0", id: request.rpcId, result: event } : event;
      response.writeHead(200, streamed.headers).end(`data: ${JSON.stringify(data)}\n\n`);
    });
    const value = await call(clientOf(server.url, {}, "acme"));
    expect(server.seen).toHaveLength(1);
    const [seen] = server.seen;
    expect(seen?.headers["a2a-version"]).toBe("1.0");
    expect(seen?.headers["last-event-id"]).toBe(name === "SubscribeToTask" ? "7" : undefined);
    if (binding === "JSONRPC") {
      const { params: sent, ...envelope } = JSON.parse(seen?.body ?? "");
      expect(envelope).toEqual({ jsonrpc: "2.0", id: expect.anything(), method: name });
      expect(sent).toMatchObject({ ...params, tenant: "acme" });
      expect(seen?.headers["content-type"]).toBe("application/json");
    } else {
      expect(seen?.call).toBe(rest);
      if (seen?.method === "POST") expect(seen.headers["content-type"]).toBe("application/a2a+json");
      else expect(seen?.body).toBe("");
    }
    if (result === streamed)
      expect(value).toEqual({ done: false, value: { task: taskOf("TASK_STATE_COMPLETED") } });
    else expect(value).toEqual(name.startsWith("Delete") ? undefined : result);
  });

  test("no tenant where the interface has none, whatever the caller says", async () => {
    await using agent = await against((request, response) => answer(request, response, task));
    await agent.client.getTask({ id: "t1", tenant: "mine" });
    expect(agent.server.seen[0]?.url + (agent.server.seen[0]?.body ?? "")).not.toContain("mine");
  });

  test("text, parts and a Message can be sent", async () => {
    await using agent = await against((request, response) => answer(request, response, { task }));
    const { client, server } = agent;
    await client.sendMessage("hi", { taskId: "t1", contextId: "c1", metadata: { a: 1 } });
    await client.sendMessage([{ text: "hi" }, { data: null }]);
    await client.sendMessage({ url: "https://x.example/" });
    await client.sendMessage(message);
    const sent = server.seen.map(({ body }) => {
      const json = JSON.parse(body);
      return json.params ?? json;
    });
    const made = { messageId: expect.stringMatching(/^[0-9a-f]{32}$/), role: "ROLE_USER" };
    expect(sent).toEqual([
      { message: { ...made, taskId: "t1", contextId: "c1", parts: [{ text: "hi" }] }, metadata: { a: 1 } },
      { message: { ...made, parts: [{ text: "hi" }, { data: null }] } },
      { message: { ...made, parts: [{ url: "https://x.example/" }] } },
      { message },
    ]);
    expect(new Set(sent.map((request) => request.message.messageId)).size).toBe(4);
  });

  test("ask gives the text of the answer", async () => {
    const artifacts = [
      { artifactId: "a", parts: [{ text: "one " }, { data: 1 }, { text: "two" }] },
      { artifactId: "b", parts: [{ text: "three" }] },
    ];
    const answers = [
      { task: taskOf("TASK_STATE_COMPLETED", { artifacts }) },
      {
        task: {
          ...task,
          status: { state: "TASK_STATE_REJECTED", message: { ...message, parts: [{ text: "no" }] } },
        },
      },
      { message: { ...message, role: "ROLE_AGENT" } },
    ];
    await using agent = await against((request, response) => answer(request, response, answers.shift()));
    expect(await agent.client.ask("?")).toBe("one two\nthree");
    expect(await agent.client.ask("?")).toBe("no");
    expect(await agent.client.ask("?")).toBe("hi");
  });

  test("all pages are walked", async () => {
    const pages = [["a", "b"], [], ["c"]];
    await using agent = await against((request, response) => {
      const tasks = (pages.shift() ?? []).map((id) => ({ ...task, id }));
      answer(request, response, {
        tasks,
        nextPageToken: pages.length > 0 ? `p${pages.length}` : "",
        pageSize: 2,
        totalSize: 3,
      });
    });
    const ids: string[] = [];
    for await (const { id } of agent.client.listAllTasks({ pageSize: 2 })) ids.push(id);
    expect(ids).toEqual(["a", "b", "c"]);
    expect(agent.server.seen.map(({ url, body }) => /p\d/.exec(url + body)?.[0])).toEqual([
      undefined,
      "p2",
      "p1",
    ]);
  });

  test("pages that go in circles are an error, not an endless list", async () => {
    let page = 0;
    await using agent = await against((request, response) =>
      answer(request, response, {
        tasks: [{ ...task, id: `t${page}` }],
        nextPageToken: `p${page++ % 2}`,
        pageSize: 1,
        totalSize: 9,
      }),
    );
    const ids: string[] = [];
    const walk = async () => {
      for await (const { id } of agent.client.listAllTasks({ pageSize: 1 })) ids.push(id);
    };
    await expect(walk()).rejects.toMatchObject({ reason: "INVALID_AGENT_RESPONSE" });
    expect(ids).toEqual(["t0", "t1", "t2"]);
  });

  test("the extended card becomes the client's card", async () => {
    await using agent = await against((request, response) =>
      answer(request, response, { ...cardFor("http://127.0.0.1:1", binding), name: "Extended" }),
    );
    await agent.client.getExtendedAgentCard();
    expect(agent.client.card.name).toBe("Extended");
  });

  test("capabilities are looked up in the card before anything is sent", async () => {
    await using server = await wireServer(() => {});
    const client = createClient({ ...cardFor(server.url, binding), capabilities: {} });
    expect(() => client.sendStreamingMessage("hi")).toThrow(
      expect.objectContaining({ reason: "UNSUPPORTED_OPERATION" }),
    );
    await expect(client.listTaskPushNotificationConfigs({ taskId: "t1" })).rejects.toMatchObject({
      reason: "PUSH_NOTIFICATION_NOT_SUPPORTED",
    });
    expect(server.seen).toHaveLength(0);
  });

  describe("service parameters and credentials", () => {
    const seenWith = async (options: ClientOptions, call = {}) => {
      await using agent = await against((request, response) => answer(request, response, task), options);
      await agent.client.getTask({ id: "t1" }, call);
      return agent.server.seen[0];
    };

    test("extensions of the client and of the call, each once", async () => {
      const seen = await seenWith({ extensions: ["urn:a", "urn:b"] }, { extensions: ["urn:b", "urn:c"] });
      expect(seen?.headers["a2a-extensions"]).toBe("urn:a,urn:b,urn:c");
    });

    test("header fields of the call win over the client's", async () => {
      const seen = await seenWith({ headers: { "X-A": "1", "X-B": "1" } }, { headers: { "x-a": "2" } });
      expect(seen?.headers).toMatchObject({ "x-a": "2", "x-b": "1" });
    });

    test("bearer tokens are asked for before every request", async () => {
      let tokens = 0;
      await using agent = await against((request, response) => answer(request, response, task), {
        auth: bearer(async () => `token-${++tokens}`),
      });
      await agent.client.getTask({ id: "t1" });
      await agent.client.getTask({ id: "t1" });
      expect(agent.server.seen.map(({ headers }) => headers.authorization)).toEqual([
        "Bearer token-1",
        "Bearer token-2",
      ]);
    });

    test.each(["header", "query", "cookie"])("an API key in the %s, as the card wants", async (location) => {
      await using server = await wireServer((request, response) => {
        if (binding === "JSONRPC") response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: task }));
        else answer(request, response, task);
      });
      const card = cardFor(server.url, binding);
      card.securitySchemes = { key: { apiKeySecurityScheme: { location, name: "X-Key" } } };
      await createClient(card, { auth: apiKey("k 1") }).getTask({ id: "t1" });
      const { headers, url } = server.seen[0] ?? { headers: {}, url: "" };
      const found = {
        header: (headers as Record<string, unknown>)["x-key"],
        query: /X-Key=(.*)$/.exec(url)?.[1],
        cookie: headers.cookie,
      };
      const expected = { header: "k 1", query: "k+1", cookie: "X-Key=k%201" };
      expect(found).toEqual({ [location]: expected[location as keyof typeof expected] });
    });

    test("an API key for an agent that wants none is not sent", async () => {
      await expect(seenWith({ auth: apiKey("k") })).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    });
  });

  describe("errors", () => {
    const failure = async (handler: Handler, options?: ClientOptions) => {
      await using agent = await against(handler, { retries: 0, ...options });
      return await agent.client.getTask({ id: "t1" }).catch((error) => error);
    };

    test("ErrorInfo.reason decides, not the code, not the status", async () => {
      const error = await failure((request, response) =>
        refuse(request, response, 400, -32603, "TASK_NOT_CANCELABLE"),
      );
      expect(error).toMatchObject({
        name: "TaskNotCancelableError",
        reason: "TASK_NOT_CANCELABLE",
        message: "refused",
      });
    });

    test("an unknown reason falls back", async () => {
      const error = await failure((request, response) =>
        refuse(request, response, 405, -32601, "OUT_OF_LUCK"),
      );
      expect(error.reason).toBe(binding === "JSONRPC" ? "METHOD_NOT_FOUND" : "METHOD_NOT_ALLOWED");
    });

    if (binding === "HTTP+JSON") {
      test("NOT_FOUND without ErrorInfo is TASK_NOT_FOUND; so is a status that is not wrapped", async () => {
        for (const wrap of [true, false]) {
          const status = { code: 404, status: "NOT_FOUND", message: "no such task" };
          const error = await failure(
            (_, response) =>
              void response.writeHead(404).end(JSON.stringify(wrap ? { error: status } : status)),
          );
          expect(error).toMatchObject({ reason: "TASK_NOT_FOUND", message: "no such task" });
        }
      });
    }

    test("Retry-After may be a date, or come as RetryInfo", async () => {
      const date = new Date(Date.now() + 100_000).toUTCString();
      const dated = await failure(
        (_, response) => void response.writeHead(503, { "retry-after": date }).end(),
      );
      expect(dated.retryAfter).toBeGreaterThan(90);
      const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" }];
      const error = { code: binding === "JSONRPC" ? -31503 : 503, message: "busy", details, data: details };
      const told = await failure((request, response) => {
        response.writeHead(503).end(JSON.stringify({ jsonrpc: "2.0", id: request.rpcId, error }));
      });
      expect(told).toMatchObject({ reason: "UNAVAILABLE", retryAfter: 1.5 });
    });

    test("violations, metadata and Retry-After are carried", async () => {
      const details = [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "RESOURCE_EXHAUSTED",
          metadata: { quota: "5", odd: 1 },
        },
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "id", description: "too old" }],
        },
        "noise",
      ];
      const error = await failure((request, response) => {
        const rpc = {
          jsonrpc: "2.0",
          id: request.rpcId,
          error: { code: -31429, message: "slow down", data: details },
        };
        const rest = { error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "slow down", details } };
        response
          .writeHead(429, { "retry-after": "7" })
          .end(JSON.stringify(binding === "JSONRPC" ? rpc : rest));
      });
      expect(error).toMatchObject({
        reason: "RESOURCE_EXHAUSTED",
        message: "slow down",
        retryAfter: 7,
        metadata: { quota: "5" },
        violations: [{ field: "id", description: "too old" }],
      });
      expect(error.metadata).not.toHaveProperty("odd");
    });

    test.each([
      [401, "UNAUTHENTICATED"],
      [403, "PERMISSION_DENIED"],
      [404, "METHOD_NOT_FOUND"],
      [409, "TASK_NOT_CANCELABLE"],
      [413, "PAYLOAD_TOO_LARGE"],
      [415, "CONTENT_TYPE_NOT_SUPPORTED"],
      [418, "INTERNAL_ERROR"],
      [500, "INTERNAL_ERROR"],
      [502, "UNAVAILABLE"],
      [503, "UNAVAILABLE"],
    ])("HTTP %i with a page instead of an error is %s", async (status, reason) => {
      const error = await failure((_, response) => void response.writeHead(status).end("<html>"));
      expect(error).toMatchObject({ reason, message: `HTTP ${status}` });
    });

    test.each([
      ["io.a2a.spec.TaskNotFoundError", "TASK_NOT_FOUND"],
      ["InvalidParamsError", "INVALID_PARAMS"],
      ["io.a2a.spec.Unheard", "METHOD_NOT_FOUND"],
    ])("an error that is only its name, %s, is %s", async (name, reason) => {
      const body = JSON.stringify(
        binding === "JSONRPC" ? { jsonrpc: "2.0", id: 1, error: name } : { error: name },
      );
      const error = await failure((_, response) => void response.writeHead(404).end(body));
      expect(error).toMatchObject({ reason, message: "HTTP 404" });
    });

    test.each([
      ["no JSON", "<html>", undefined],
      ["another shape", "[1]", undefined],
      ["a Task without its status", undefined, { id: "t1" }],
      ["a state nobody knows", undefined, { ...task, status: { state: "BUSY" } }],
      ["an empty body", "", undefined],
    ])("%s is INVALID_AGENT_RESPONSE", async (_, raw, result) => {
      const error = await failure((request, response) =>
        raw === undefined ? answer(request, response, result) : void response.end(raw),
      );
      expect(error).toMatchObject({ reason: "INVALID_AGENT_RESPONSE" });
    });

    if (binding === "JSONRPC")
      test.each([
        ["as text", String, { id: "t1" }],
        ["of another request", (id: unknown) => Number(id) + 1, { reason: "INVALID_AGENT_RESPONSE" }],
        ["of none", () => null, { reason: "INVALID_AGENT_RESPONSE" }],
      ])("an answer with an id %s", async (_, given, expected) => {
        const got = await failure(({ rpcId }, response) => {
          response.end(JSON.stringify({ jsonrpc: "2.0", id: given(rpcId), result: task }));
        });
        expect(got).toMatchObject(expected);
      });

    test("an answer larger than allowed is given up", async () => {
      const error = await failure((_, response) => void response.end("x".repeat(2_000)), {
        maxResponseBytes: 1_000,
      });
      expect(error).toMatchObject({
        reason: "INVALID_AGENT_RESPONSE",
        message: "The answer is larger than 1000 bytes",
      });
    });

    test("operations follow no redirect", async () => {
      await using other = await wireServer((request, response) => answer(request, response, task));
      const error = await failure(
        (_, response) => void response.writeHead(307, { location: other.url }).end(),
      );
      expect(error).toMatchObject({ name: "TransportError", kind: "http" });
      expect(other.seen).toHaveLength(0);
    });
  });

  describe("retries", () => {
    /** Fails twice in this way, then answers. */
    const shaky = (fail: Handler): Handler => {
      let times = 0;
      return (request, response) =>
        ++times <= 2
          ? fail(request, response)
          : answer(request, response, request.call.match(/send|Send/) ? { task } : task);
    };
    const failures: [string, Handler][] = [
      ["503", (_, response) => void response.writeHead(503).end()],
      ["502", (_, response) => void response.writeHead(502).end()],
      [
        "408, of an agent that was asleep while the request came",
        (_, response) => void response.writeHead(408).end(),
      ],
      ["429", (_, response) => void response.writeHead(429, { "retry-after": "0" }).end()],
      ["a cut connection", (_, response) => void response.destroy()],
    ];

    test.each(failures)("a safe operation is repeated after %s", async (_, fail) => {
      await using agent = await against(shaky(fail));
      expect(await agent.client.getTask({ id: "t1" })).toEqual(task);
      expect(agent.server.seen).toHaveLength(3);
    });

    test.each(failures)("a send is never repeated after %s", async (_, fail) => {
      await using agent = await against(shaky(fail));
      await expect(agent.client.sendMessage("hi")).rejects.toThrow();
      await expect(agent.client.cancelTask({ id: "t1" })).rejects.toThrow();
      expect(agent.server.seen).toHaveLength(2);
    });

    test("not after an error that would come again, not when told not to, not when the agent asks for too long", async () => {
      const once = async (fail: Handler, options?: ClientOptions) => {
        await using agent = await against(shaky(fail), options);
        await expect(agent.client.getTask({ id: "t1" })).rejects.toThrow();
        expect(agent.server.seen).toHaveLength(1);
      };
      await once((request, response) => refuse(request, response, 404, -32001, "TASK_NOT_FOUND"));
      await once((_, response) => void response.writeHead(503).end(), { retries: 0 });
      await once((_, response) => void response.writeHead(503, { "retry-after": "3600" }).end());
    });
  });

  describe("time and cancellation", () => {
    test("a call times out, before the head and in the middle of the body", async () => {
      for (const begin of [false, true]) {
        await using agent = await against((_, response) => void (begin && response.write("{")), {
          timeoutMs: 30,
        });
        await expect(agent.client.getTask({ id: "t1" })).rejects.toMatchObject({
          name: "TransportError",
          kind: "timeout",
        });
      }
    });

    test("only a send that waits for its task gets the long time", async () => {
      await using agent = await against(() => {}, { timeoutMs: 30, sendTimeoutMs: 31 });
      const { client } = agent;
      await expect(client.sendMessage("hi")).rejects.toThrow("within 31 ms");
      await expect(client.sendMessage("hi", { configuration: { returnImmediately: true } })).rejects.toThrow(
        "within 30 ms",
      );
      await expect(client.sendMessage("hi", { timeoutMs: 20 })).rejects.toThrow("within 20 ms");
    });

    test("a time that no timer can hold is as long as can be", async () => {
      await using agent = await against((request, response) => answer(request, response, task), {
        timeoutMs: Number.POSITIVE_INFINITY,
      });
      expect(await agent.client.getTask({ id: "t1" })).toEqual(task);
    });

    test("credentials that never come end the call as well, by time or by signal", async () => {
      await using agent = await against(() => {}, { timeoutMs: 30, auth: () => new Promise(() => {}) });
      await expect(agent.client.getTask({ id: "t1" })).rejects.toMatchObject({
        name: "TransportError",
        kind: "timeout",
        message: "no credentials within 30 ms",
      });
      const controller = new AbortController();
      const call = agent.client.getTask({ id: "t1" }, { signal: controller.signal, timeoutMs: 60_000 });
      controller.abort(new Error("enough"));
      await expect(call).rejects.toThrow("enough");
      expect(agent.server.seen).toHaveLength(0);
    });

    test("an aborted signal ends the call with its reason", async () => {
      const controller = new AbortController();
      const reason = new Error("enough");
      await using agent = await against(() => controller.abort(reason));
      await expect(agent.client.getTask({ id: "t1" }, controller)).rejects.toBe(reason);
      await expect(agent.client.getTask({ id: "t1" }, controller)).rejects.toBe(reason);
      expect(agent.server.seen).toHaveLength(1);
    });
  });

  test("the wire can be watched", async () => {
    const wire: string[] = [];
    await using agent = await against((request, response) => answer(request, response, task), {
      onRequest: ({ method, url }) => wire.push(`> ${method} ${url}`),
      onResponse: ({ status, url, body }) => wire.push(`< ${status} ${url} ${body?.includes('"t1"')}`),
    });
    await agent.client.getTask({ id: "t1" });
    const url = `${agent.server.url}${binding === "JSONRPC" ? "/rpc" : "/rest/tasks/t1"}`;
    expect(wire).toEqual([`> ${binding === "JSONRPC" ? "POST" : "GET"} ${url}`, `< 200 ${url} true`]);
  });
});
