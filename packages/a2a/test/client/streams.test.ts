import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "../../src/client/index.js";
import type { StreamResponse } from "../../src/protocol/index.js";
import {
  answer,
  bindings,
  cardFor,
  chunk,
  collect,
  type Handler,
  refuse,
  type Seen,
  sse,
  startStream,
  statusOf,
  taskOf,
  wireServer,
} from "./wire-server.js";

const submitted: StreamResponse = { task: taskOf("TASK_STATE_SUBMITTED") };
const working = statusOf("TASK_STATE_WORKING");
const question = statusOf("TASK_STATE_INPUT_REQUIRED");
const completed = statusOf("TASK_STATE_COMPLETED");
const direct: StreamResponse = { message: { messageId: "m", role: "ROLE_AGENT", parts: [{ text: "hi" }] } };

type Step = [event: StreamResponse, id?: number | string] | string | "cut";

/** Sends events, or text as it is, and then closes properly; "cut" breaks the connection off instead. */
const stream =
  (...steps: Step[]): Handler =>
  async (request, response) => {
    startStream(response);
    for (const step of steps) {
      if (step === "cut") return cut(response);
      await write(response, typeof step === "string" ? step : sse(request, ...step));
    }
    response.end();
  };

const write = (response: ServerResponse, text: string) =>
  new Promise<void>((resolve) => response.write(text, () => resolve()));

async function cut(response: ServerResponse): Promise<void> {
  // What was written has to arrive first.
  await new Promise((resolve) => setTimeout(resolve, 20));
  response.destroy();
}

/** Lets the test go on with the connection as it is. */
const hang =
  (...steps: Step[]): Handler =>
  async (request, response) => {
    startStream(response);
    for (const step of steps) await write(response, typeof step === "string" ? step : sse(request, ...step));
  };

describe.each(bindings)("streams over %s", (binding) => {
  /** An agent that answers the first request with the first script, and so on. */
  async function agent(scripts: Handler[], options?: ClientOptions) {
    const server = await wireServer((request, response) => {
      const script = scripts.shift();
      if (script) return script(request, response);
      return refuse(request, response, 500, -32603, "INTERNAL_ERROR");
    });
    return {
      client: createClient(cardFor(server.url, binding), options),
      server,
      operations: () => server.seen.map(nameOf),
      lastEventIds: () => server.seen.map(({ headers }) => headers["last-event-id"]),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }

  const nameOf = ({ call, method }: Seen): string => {
    if (binding === "JSONRPC") return call;
    if (call.includes(":stream")) return "SendStreamingMessage";
    return call.includes(":subscribe") ? `SubscribeToTask${method === "GET" ? " by GET" : ""}` : "GetTask";
  };

  describe("that are not cut", () => {
    test.each([
      [
        "a task that ends",
        [
          [submitted, 1],
          [working, 2],
          [chunk("a"), 3],
          [completed, 4],
        ],
      ],
      [
        "a task that needs input",
        [
          [submitted, 1],
          [working, 2],
          [question, 3],
        ],
      ],
      ["a task that had nothing to do", [[{ task: taskOf("TASK_STATE_REJECTED") }, 1]]],
      [
        "a final snapshot after the end",
        [
          [submitted, 1],
          [completed, 2],
          [{ task: taskOf("TASK_STATE_COMPLETED") }, 3],
        ],
      ],
      ["events without ids", [[submitted], [working], [working], [completed]]],
      [
        "ids that say when, several in a millisecond",
        [
          [submitted, 1700],
          [working, 1700],
          [chunk("a"), 1699],
          [completed, 1700],
        ],
      ],
      [
        "an id that is always the same",
        [
          [submitted, "x"],
          [working, "x"],
          [completed, "x"],
        ],
      ],
      [
        "a state after the last one",
        [
          [submitted, 1],
          [completed, 2],
          [working, 3],
        ],
      ],
      ["a state after a direct message", [[direct], [working]]],
      ["a direct message", [[direct]]],
    ] as [string, Step[]][])("%s: one request, every event", async (_, steps) => {
      await using a = await agent([stream(...steps)]);
      const events = await collect(a.client.sendStreamingMessage("go"));
      expect(events).toEqual(steps.map(([event]) => event));
      expect(a.operations()).toEqual(["SendStreamingMessage"]);
    });

    test("lastEventId follows the events", async () => {
      await using a = await agent([stream([submitted, 1], [working, 2], [completed, 3])]);
      const events = a.client.sendStreamingMessage("go");
      const ids: (string | undefined)[] = [];
      for await (const _ of events) ids.push(events.lastEventId);
      expect(ids).toEqual(["1", "2", "3"]);
    });

    test("a server that forgets to close after the end", async () => {
      await using a = await agent([hang([submitted, 1], [completed, 2])]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
      expect(a.operations()).toHaveLength(1);
    });

    test("a subscription goes on after a question", async () => {
      await using a = await agent([
        stream(
          [{ task: taskOf("TASK_STATE_INPUT_REQUIRED") }, 3],
          [working, 4],
          [question, 5],
          [working, 6],
          [completed, 7],
        ),
      ]);
      expect(await collect(a.client.subscribeToTask({ id: "t1" }))).toHaveLength(5);
    });
  });

  describe("that are cut", () => {
    test.each([
      ["between events", ["cut"]],
      ["in the middle of an event", ["id: 3\nda", "cut"]],
      ["before the empty line", ["id: 3\ndata: {}\n", "cut"]],
      ["by a proper close", []],
    ] as [string, Step[]][])(
      "%s: resumed after the last event, nothing missed, nothing twice",
      async (_, end) => {
        await using a = await agent([
          stream([submitted, 1], [working, 2], ...end),
          stream([chunk("a"), 3], "cut"),
          stream([chunk("b"), 4], [completed, 5]),
        ]);
        const events = await collect(a.client.sendStreamingMessage("go"));
        expect(events).toEqual([submitted, working, chunk("a"), chunk("b"), completed]);
        expect(a.operations()).toEqual(["SendStreamingMessage", "SubscribeToTask", "SubscribeToTask"]);
        expect(a.lastEventIds()).toEqual([undefined, "2", "3"]);
      },
    );

    test("events that come again are dropped", async () => {
      await using a = await agent([
        stream([submitted, 1], [working, 2], [chunk("a"), 3], "cut"),
        stream([working, 2], [chunk("a"), 3], [chunk("b"), 4], [completed, 5]),
      ]);
      const events = await collect(a.client.sendStreamingMessage("go"));
      expect(events).toEqual([submitted, working, chunk("a"), chunk("b"), completed]);
    });

    test("an id in any script is given back as it came", async () => {
      await using a = await agent([stream([submitted, "né☃"], "cut"), stream([completed, "x"])]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
      expect(Buffer.from(String(a.lastEventIds()[1]), "latin1").toString()).toBe("né☃");
    });

    test("an empty id takes the last one back", async () => {
      const snapshot = { task: taskOf("TASK_STATE_WORKING") };
      await using a = await agent([
        stream([submitted, 1], [working, ""], "cut"),
        stream([snapshot, ""], [chunk("a"), ""], [completed, ""]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toHaveLength(5);
      expect(a.lastEventIds()).toEqual([undefined, undefined]);
    });

    test("a cursor that is too old brings a snapshot, once", async () => {
      const snapshot = { task: taskOf("TASK_STATE_WORKING", { metadata: { at: 40 } }) };
      await using a = await agent([
        stream([submitted, 1], "cut"),
        stream([snapshot, 40], [chunk("z"), 41], "cut"),
        stream([completed, 42]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([
        submitted,
        snapshot,
        chunk("z"),
        completed,
      ]);
      expect(a.lastEventIds()).toEqual([undefined, "1", "41"]);
    });

    test("a server that numbers the events of each connection loses none", async () => {
      const snapshot = { task: taskOf("TASK_STATE_WORKING") };
      await using a = await agent([
        stream([submitted, 1], [working, 2], [chunk("a"), 3], "cut"),
        stream([snapshot, 1], [chunk("b"), 2], [completed, 3]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([
        submitted,
        working,
        chunk("a"),
        snapshot,
        chunk("b"),
        completed,
      ]);
    });

    test("without ids the snapshot stands for what was missed", async () => {
      const snapshot = { task: taskOf("TASK_STATE_WORKING") };
      await using a = await agent([
        stream([submitted], [working], "cut"),
        stream([snapshot], [chunk("b")], [completed]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([
        submitted,
        working,
        snapshot,
        chunk("b"),
        completed,
      ]);
      expect(a.lastEventIds()).toEqual([undefined, undefined]);
    });

    test("a task that ended meanwhile, where it cannot be resumed, is fetched", async () => {
      const final = taskOf("TASK_STATE_COMPLETED");
      await using a = await agent([
        stream([submitted], "cut"),
        (request, response) => refuse(request, response, 400, -32004, "UNSUPPORTED_OPERATION"),
        (request, response) => answer(request, response, final),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, { task: final }]);
      expect(a.operations()).toEqual(["SendStreamingMessage", "SubscribeToTask", "GetTask"]);
    });

    test("a refusal to resume a task that goes on is the caller's to know", async () => {
      await using a = await agent([
        stream([submitted], "cut"),
        (request, response) => refuse(request, response, 400, -32004, "UNSUPPORTED_OPERATION"),
        (request, response) => answer(request, response, taskOf("TASK_STATE_WORKING")),
      ]);
      await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({
        reason: "UNSUPPORTED_OPERATION",
      });
    });

    test("a server that is restarting is waited for", async () => {
      const unavailable: Handler = (_, response) => void response.writeHead(503).end();
      await using a = await agent([
        stream([submitted, 1], "cut"),
        unavailable,
        (_, response) => void response.destroy(),
        unavailable,
        stream([completed, 2]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
    });

    test("a stream that was opened by a send stops at the question, also when resumed", async () => {
      await using a = await agent([stream([submitted, 1], "cut"), hang([working, 2], [question, 3])]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, working, question]);
    });

    test("the pause that a message answers is not the end of its stream", async () => {
      const paused = { task: taskOf("TASK_STATE_INPUT_REQUIRED") };
      await using a = await agent([stream([paused, 3], "cut"), stream([working, 4], [completed, 5])]);
      expect(await collect(a.client.sendStreamingMessage("go", { taskId: "t1" }))).toEqual([
        paused,
        working,
        completed,
      ]);
    });

    test("attempts are bounded, and counted anew after progress", async () => {
      const barren = stream("cut");
      await using a = await agent(
        [stream([submitted, 1], "cut"), barren, stream([working, 2], "cut"), barren, barren],
        { resumes: 2 },
      );
      const events: StreamResponse[] = [];
      const reading = (async () => {
        for await (const event of a.client.sendStreamingMessage("go")) events.push(event);
      })();
      await expect(reading).rejects.toMatchObject({ name: "TransportError", kind: "network" });
      expect(events).toEqual([submitted, working]);
      expect(a.server.seen).toHaveLength(5);
    });

    test("a server that stays away is asked no oftener than that", async () => {
      const away: Handler = (_, response) => void response.writeHead(503).end();
      await using a = await agent([stream([submitted, 1], "cut"), away, away, away, away], { resumes: 2 });
      await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({
        reason: "UNAVAILABLE",
      });
      expect(a.server.seen).toHaveLength(3);
    });

    test("snapshots alone are no progress", async () => {
      const snapshots = stream([{ task: taskOf("TASK_STATE_WORKING") }], "cut");
      await using a = await agent(
        Array.from({ length: 9 }, () => snapshots),
        { resumes: 2 },
      );
      await expect(collect(a.client.subscribeToTask({ id: "t1" }))).rejects.toMatchObject({
        kind: "network",
      });
      expect(a.server.seen).toHaveLength(3);
    });

    test.each([
      ["without ids", [undefined, undefined, undefined], 4],
      ["with ids that are no numbers", ["x", "y", "z"], 4],
      ["with the numbers it had", [1, 2, 3], 3],
    ] as const)("replays %s are no progress, however they end", async (_, ids, connections) => {
      for (const end of [[], ["cut"]] as const) {
        const replay = stream([submitted, ids[0]], [working, ids[1]], [chunk("a"), ids[2]], ...end);
        await using a = await agent(
          Array.from({ length: 9 }, () => replay),
          { resumes: 2 },
        );
        await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({ kind: "network" });
        expect(a.server.seen).toHaveLength(connections);
      }
    });

    test("what is new after a replay is progress, also without ids", async () => {
      const growing = Array.from({ length: 6 }, (_, n) =>
        stream([submitted], ...Array.from({ length: n + 1 }, (_, i): Step => [chunk(`${i}`)]), "cut"),
      );
      await using a = await agent([...growing, stream([submitted], [completed])], { resumes: 2 });
      expect((await collect(a.client.sendStreamingMessage("go"))).at(-1)).toEqual(completed);
      expect(a.server.seen).toHaveLength(7);
    });

    test("a send whose stream breaks before its first event is not posted again", async () => {
      for (const broken of [
        stream("cut"),
        stream(),
        (_: Seen, response: ServerResponse) => void response.destroy(),
      ]) {
        await using a = await agent([broken]);
        await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({
          name: "TransportError",
        });
        expect(a.operations()).toEqual(["SendStreamingMessage"]);
      }
    });

    test("silence counts as a cut", async () => {
      await using a = await agent([hang([submitted, 1]), stream([completed, 2])], { idleMs: 60 });
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
    });

    test("comments break the silence", async () => {
      const beating: Handler = async (request, response) => {
        startStream(response);
        response.write(sse(request, submitted, 1));
        for (let i = 0; i < 8; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          response.write(":\n\n");
        }
        response.end(sse(request, completed, 2));
      };
      await using a = await agent([beating], { idleMs: 250 });
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
      expect(a.server.seen).toHaveLength(1);
    });

    test("closing at an interrupted state again and again is the server's way to end a subscription", async () => {
      const paused = stream([{ task: taskOf("TASK_STATE_AUTH_REQUIRED") }]);
      await using a = await agent([paused, paused, paused]);
      expect(await collect(a.client.subscribeToTask({ id: "t1" }))).toHaveLength(2);
      expect(a.server.seen).toHaveLength(2);
    });
  });

  describe("subscriptions", () => {
    test("from an earlier id, of a task that had ended with it", async () => {
      await using a = await agent([
        stream(),
        (request, response) => answer(request, response, taskOf("TASK_STATE_COMPLETED")),
      ]);
      expect(await collect(a.client.subscribeToTask({ id: "t1" }, { lastEventId: "9" }))).toEqual([]);
      expect(a.lastEventIds()[0]).toBe("9");
    });

    test("to a task that has ended are refused", async () => {
      await using a = await agent([
        (request, response) => refuse(request, response, 400, -32004, "UNSUPPORTED_OPERATION"),
      ]);
      await expect(collect(a.client.subscribeToTask({ id: "t1" }))).rejects.toMatchObject({
        reason: "UNSUPPORTED_OPERATION",
      });
      expect(a.server.seen).toHaveLength(1);
    });

    if (binding === "HTTP+JSON") {
      test.each([404, 405])("go by GET where POST is answered %i, and again when resumed", async (status) => {
        const unknown: Handler = (_, response) => void response.writeHead(status).end("no such route");
        await using a = await agent([
          unknown,
          stream([submitted, 1], "cut"),
          unknown,
          stream([completed, 2]),
        ]);
        expect(await collect(a.client.subscribeToTask({ id: "t1" }))).toEqual([submitted, completed]);
        expect(a.operations()).toEqual([
          "SubscribeToTask",
          "SubscribeToTask by GET",
          "SubscribeToTask",
          "SubscribeToTask by GET",
        ]);
        expect(a.lastEventIds()).toEqual([undefined, undefined, "1", "1"]);
      });

      test("to an unknown task are not tried by GET", async () => {
        await using a = await agent([
          (request, response) => refuse(request, response, 404, -32001, "TASK_NOT_FOUND"),
        ]);
        await expect(collect(a.client.subscribeToTask({ id: "t1" }))).rejects.toMatchObject({
          reason: "TASK_NOT_FOUND",
        });
        expect(a.server.seen).toHaveLength(1);
      });
    }
  });

  describe("errors", () => {
    const errorEvent = (request: Seen, code: number, reason: string) => {
      const info = [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "a2a-protocol.org" },
      ];
      const rpc = { jsonrpc: "2.0", id: request.rpcId, error: { code, message: "broke", data: info } };
      const rest = { error: { code: 500, message: "broke", details: info } };
      return `data: ${JSON.stringify(binding === "JSONRPC" ? rpc : rest)}\n\n`;
    };

    test("before the first event", async () => {
      await using a = await agent([
        (request, response) => refuse(request, response, 400, -32005, "CONTENT_TYPE_NOT_SUPPORTED"),
      ]);
      await expect(a.client.sendStreamingMessage("go").next()).rejects.toMatchObject({
        reason: "CONTENT_TYPE_NOT_SUPPORTED",
      });
    });

    test("as the last event, after those before it", async () => {
      await using a = await agent([
        async (request, response) => {
          startStream(response);
          response.end(sse(request, submitted, 1) + errorEvent(request, -32603, "INTERNAL_ERROR"));
        },
      ]);
      const events = a.client.sendStreamingMessage("go");
      expect(await events.next()).toEqual({ done: false, value: submitted });
      await expect(events.next()).rejects.toMatchObject({ reason: "INTERNAL_ERROR", message: "broke" });
      expect(await events.next()).toEqual({ done: true, value: undefined });
      expect(a.server.seen).toHaveLength(1);
    });

    test("a server that says it goes away is resumed like one that just went", async () => {
      await using a = await agent([
        async (request, response) => {
          startStream(response);
          response.end(sse(request, submitted, 1) + errorEvent(request, -31503, "UNAVAILABLE"));
        },
        stream([completed, 2]),
      ]);
      expect(await collect(a.client.sendStreamingMessage("go"))).toEqual([submitted, completed]);
    });

    test.each([
      ["is no JSON", "data: {\n\n"],
      ["breaks the schema", `data: {"task":{"id":"t1"}}\n\n`],
      ["is longer than allowed", `data: ${"x".repeat(600)}\n\n`],
      ["never ends", "x".repeat(600)],
    ])("an event that %s", async (_, text) => {
      await using a = await agent([hang([submitted, 1], text)], { maxEventLength: 500 });
      await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({
        reason: "INVALID_AGENT_RESPONSE",
      });
      expect(a.server.seen).toHaveLength(1);
    });

    test("an event of another task, which would end the stream", async () => {
      const foreign = {
        statusUpdate: { taskId: "t2", contextId: "c1", status: { state: "TASK_STATE_COMPLETED" } },
      };
      await using a = await agent([stream([submitted, 1], [foreign as StreamResponse, 2], [completed, 3])]);
      const events = a.client.sendStreamingMessage("go");
      expect(await events.next()).toEqual({ done: false, value: submitted });
      await expect(events.next()).rejects.toMatchObject({
        reason: "INVALID_AGENT_RESPONSE",
        message: "An event of t2 came on the stream of t1",
      });
      expect(a.server.seen).toHaveLength(1);
    });

    test("an answer that is no stream", async () => {
      await using a = await agent([(request, response) => answer(request, response, submitted)]);
      await expect(collect(a.client.sendStreamingMessage("go"))).rejects.toMatchObject({
        reason: "INVALID_AGENT_RESPONSE",
      });
    });
  });

  describe("leaving", () => {
    /** Resolves when the server sees its connection go. */
    function held(...steps: Step[]) {
      let gone = () => {};
      const closed = new Promise<void>((resolve) => {
        gone = resolve;
      });
      const handler: Handler = async (request, response) => {
        response.on("close", gone);
        await hang(...steps)(request, response);
      };
      return { handler, closed };
    }

    test("the loop closes the connection", async () => {
      const { handler, closed } = held([submitted, 1]);
      await using a = await agent([handler]);
      for await (const event of a.client.sendStreamingMessage("go")) {
        expect(event).toEqual(submitted);
        break;
      }
      await closed;
      expect(a.server.seen).toHaveLength(1);
    });

    test("while an event is awaited", async () => {
      const { handler, closed } = held([submitted, 1]);
      await using a = await agent([handler]);
      const events = a.client.sendStreamingMessage("go");
      await events.next();
      const pending = events.next();
      expect(await events.return()).toEqual({ done: true, value: undefined });
      expect(await pending).toEqual({ done: true, value: undefined });
      await closed;
    });

    test("by a signal, which is the error then", async () => {
      const { handler, closed } = held([submitted, 1]);
      await using a = await agent([handler]);
      const controller = new AbortController();
      const reason = new Error("enough");
      const events = a.client.sendStreamingMessage("go", { signal: controller.signal });
      await events.next();
      const pending = events.next();
      controller.abort(reason);
      await expect(pending).rejects.toBe(reason);
      await closed;
    });

    test("by a signal while waiting to resume", async () => {
      await using a = await agent([stream([submitted, 1], "retry: 60000\n\n", "cut")]);
      const controller = new AbortController();
      const events = a.client.sendStreamingMessage("go", { signal: controller.signal });
      await events.next();
      const pending = events.next();
      setTimeout(() => controller.abort(), 100);
      await expect(pending).rejects.toMatchObject({ name: "AbortError" });
      expect(a.server.seen).toHaveLength(1);
    });
  });

  test("nothing is sent until the first event is asked for", async () => {
    await using a = await agent([stream([submitted], [completed])]);
    const events = a.client.sendStreamingMessage("go");
    expect(a.server.seen).toHaveLength(0);
    expect(await collect(events)).toHaveLength(2);
  });
});
