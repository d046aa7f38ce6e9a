// A server and a client of one program, with nothing but Web globals. Runs in every runtime the core claims,
// against the runtime's own HTTP server where there is one, or else with `fetch` short-circuited.
import { artifact, createServer, defineAgent, working } from "@parley/a2a";
import { bearerTokens } from "@parley/a2a/auth";
import { bearer, connect, memoryCardCache, textOf } from "@parley/a2a/client";
import { canonicalJson, check } from "@parley/a2a/codec";
import { fetchHandler } from "@parley/a2a/fetch";
import { memory } from "@parley/a2a/memory";
import { operations } from "@parley/a2a/protocol";

const chunks = 20;

const agent = defineAgent({
  card: { name: "Everywhere", description: "Runs where JavaScript runs", version: "1.0.0" },
  async *execute({ text }) {
    yield working("On it");
    if (text !== "count") return yield artifact("echo", text);
    for (let i = 0; i < chunks; i++) {
      yield artifact("numbers", `${i} `, { append: i > 0, lastChunk: i === chunks - 1 });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
});

const counted = Array.from({ length: chunks }, (_, i) => `${i} `).join("");

/** A `fetch` whose first event stream breaks off after so many bytes. */
function cutting(send, bytes) {
  let uncut = true;
  return async (url, init) => {
    const response = await send(url, init);
    if (!uncut || !response.headers.get("content-type")?.startsWith("text/event-stream")) return response;
    uncut = false;
    let left = bytes;
    const cut = new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) controller.error(new TypeError("cut"));
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
}

function equal(actual, expected, what) {
  const [a, b] = [canonicalJson(actual), canonicalJson(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

async function reasonOf(promise) {
  try {
    return `none, but ${JSON.stringify(await promise)}`;
  } catch (error) {
    return error.reason ?? String(error);
  }
}

/**
 * @param listen Puts a fetch handler online, where the runtime can; gives its URL and how to close it.
 * @returns what was shown to work; throws what was not
 */
export async function scenario(listen) {
  const shown = [];
  const store = memory();
  const server = createServer(agent, { store, authenticator: bearerTokens({ secret: "alice" }) });
  const handler = fetchHandler(server);
  const online = await listen?.(handler);
  const url = online?.url ?? "http://agent.test";
  server.reachableAt(url);
  const send = online ? fetch : (input, init) => handler(new Request(input, init));
  const client = (binding, more) =>
    connect(url, {
      fetch: send,
      auth: bearer("secret"),
      bindings: [binding],
      cardCache: memoryCardCache(),
      ...more,
    });

  for (const binding of ["JSONRPC", "HTTP+JSON"]) {
    const alice = await client(binding);
    equal(alice.card.name, "Everywhere", "card");

    const { task } = await alice.sendMessage("hello");
    equal([task.status.state, textOf(task)], ["TASK_STATE_COMPLETED", "hello"], "send");
    equal(await alice.getTask({ id: task.id }), check("Task", task), "get");
    shown.push(`${binding} send`);

    const read = async (reader) => {
      let text = "";
      const ids = [];
      const stream = reader.sendStreamingMessage("count");
      for await (const event of stream) {
        ids.push(Number(stream.lastEventId));
        if (event.artifactUpdate) text += textOf(event);
      }
      equal(text, counted, "streamed text");
      equal(
        ids,
        ids.map((_, i) => i + 1),
        "event ids",
      );
      equal(ids.length, chunks + 3, "events");
    };
    await read(alice);
    shown.push(`${binding} stream`);

    let connections = 0;
    const onRequest = ({ headers }) => {
      if (headers.accept?.includes("text/event-stream")) connections++;
    };
    await read(await client(binding, { fetch: cutting(send, 1_500), onRequest }));
    equal(connections, 2, "connections of a stream that is cut once");
    shown.push(`${binding} resume`);

    equal(await reasonOf(alice.getTask({ id: "none" })), "TASK_NOT_FOUND", "unknown task");
    equal(await reasonOf(alice.sendMessage([])), "INVALID_PARAMS", "message without parts");
    const mallory = await client(binding, { auth: bearer("guess") });
    equal(await reasonOf(mallory.listTasks()), "UNAUTHENTICATED", "wrong token");
    shown.push(`${binding} errors`);

    let listed = 0;
    for await (const { id } of alice.listAllTasks({ pageSize: 2 })) listed += id ? 1 : 0;
    equal(listed % 3, 0, "listed tasks");
    shown.push(`${binding} list`);
  }
  equal(Object.keys(operations).length, 11, "operations");
  await online?.close();
  await server.close();
  return shown;
}
