/** The client that asks for 1.1, with a server that speaks it, and with others. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClientOptions, connect, memoryCardCache } from "../../src/client/index.js";
import { type Client1_1, connect1_1, draft1_1, v0_3 } from "../../src/compat/index.js";
import { check } from "../../src/compat/v1_1/fields.js";
import { grpc } from "../../src/grpc.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { A2AError } from "../../src/protocol/index.js";
import { online } from "./rig.js";

let serving: Serving;
let plain: Serving;
beforeAll(async () => {
  serving = await online({ grpc: {}, versions: [v0_3, draft1_1] });
  plain = await online({ grpc: {}, versions: [v0_3] });
});
afterAll(async () => {
  await serving.close();
  await plain.close();
});

async function refusal(promise: Promise<unknown>): Promise<A2AError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof A2AError) return error;
  throw new Error("was not refused", { cause: error });
}

/** Options for one binding, and what went over the wire. */
function via(binding: "JSONRPC" | "HTTP+JSON" | "GRPC") {
  const wire: string[] = [];
  const asked = new Set<string | undefined>();
  const options: ClientOptions = {
    bindings: [binding],
    transports: [grpc()],
    cardCache: memoryCardCache(),
    onRequest: ({ headers, body, url }) => {
      asked.add(headers["a2a-version"]);
      wire.push(url, body ?? "");
    },
    onResponse: ({ body }) => void wire.push(body ?? ""),
    onEvent: ({ data }) => void wire.push(data),
  };
  return { options, wire, asked };
}

describe.each(["JSONRPC", "HTTP+JSON", "GRPC"] as const)("1.1, asked for over %s", (binding) => {
  const { options, asked } = via(binding);
  let client: Client1_1;
  beforeAll(async () => {
    client = await connect1_1(serving.url, options);
  });
  afterAll(() => client.close());

  const ask = async () => {
    const { task } = await client.sendMessage("ask");
    if (task === undefined) throw new Error("there is a task");
    return task;
  };

  it("shows the generation of tasks and events", async () => {
    expect(client.interface).toMatchObject({ protocolBinding: binding, protocolVersion: "1.1" });
    const seen: (string | undefined)[] = [];
    let id = "";
    for await (const { task, statusUpdate, artifactUpdate } of client.sendStreamingMessage("pieces")) {
      seen.push((task ?? statusUpdate ?? artifactUpdate)?.generation);
      id ||= task?.id ?? "";
    }
    expect(seen).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect((await client.getTask({ id })).generation).toBe("6");
    const { tasks } = await client.listTasks();
    expect(tasks.find((task) => task.id === id)?.generation).toBe("6");
    const { generation, id: asking } = await ask();
    expect(generation).toBe("3");
    const followed = client.subscribeToTask({ id: asking }, { lastEventId: "1" });
    for (const number of ["2", "3"])
      expect((await followed.next()).value).toMatchObject({ statusUpdate: { generation: number } });
    await followed.return();
    expect((await client.cancelTask({ id: asking })).generation).toBe("4");
    expect([...asked]).toEqual(["1.1"]);
  });

  it("waits for the next generation", async () => {
    const { id, generation = "" } = await ask();
    let answered = false;
    const next = client.getTask({ id, currentGeneration: generation }).finally(() => {
      answered = true;
    });
    expect((await client.getTask({ id, currentGeneration: Number(generation) - 1 })).generation).toBe(
      generation,
    );
    expect(answered).toBe(false);
    await client.sendMessage("red", { taskId: id });
    expect(Number((await next).generation)).toBeGreaterThan(Number(generation));
  });

  it("has a message taken at one generation only, and says at which the task is", async () => {
    const { id, generation } = await ask();
    const at = (ifGenerationMatch: string | number) =>
      client.sendMessage("red", { taskId: id, configuration: { ifGenerationMatch } });
    const { reason, metadata, name } = await refusal(at(2));
    expect([reason, name]).toEqual(["TASK_GENERATION_MISMATCH", "TaskGenerationMismatchError"]);
    expect(metadata).toEqual({ taskId: id, expectedGeneration: "2", currentGeneration: generation });
    const { message: _, task } = await at(generation ?? "");
    expect(task?.status.state).toBe("TASK_STATE_COMPLETED");
    expect((await refusal(at(generation ?? ""))).reason).toBe("TASK_GENERATION_MISMATCH");
    const events = client.sendStreamingMessage("red", {
      taskId: id,
      configuration: { ifGenerationMatch: 2 },
    });
    expect((await refusal(events.next())).reason).toBe("TASK_GENERATION_MISMATCH");
  });

  it("is refused by agents that do not offer it, before anything is sent", async () => {
    const { options, asked, wire } = via(binding);
    expect((await refusal(connect1_1(plain.url, options))).reason).toBe("VERSION_NOT_SUPPORTED");
    expect(wire.some((text) => text.endsWith("/.well-known/agent-card.json"))).toBe(true);
    expect([...asked]).toEqual(["1.1"]);
    const fallen = await connect(plain.url, { ...options, versions: [draft1_1] });
    expect(await fallen.ask("hello")).toBe("hello");
    expect([fallen.interface.protocolVersion, [...asked].at(-1)]).toEqual(["1.0", "1.0"]);
    fallen.close();
  });

  it("is nothing to clients that do not ask for it", async () => {
    const { options, asked, wire } = via(binding);
    const usual = await connect(serving.url, options);
    for await (const _ of usual.sendStreamingMessage("pieces"));
    const { task } = await usual.sendMessage("ask");
    await usual.getTask({ id: task?.id ?? "" });
    expect([...asked]).toEqual(["1.0"]);
    expect(wire.join()).toContain(task?.id);
    expect(wire.join()).not.toMatch(/generation/i);
    usual.close();
  });
});

it("takes an integer for a generation, as text or as a number, and nothing else", () => {
  const task = { id: "t", contextId: "c", status: { state: "TASK_STATE_WORKING" } };
  const read = (generation: unknown) => check("Task", { ...task, generation }, { mode: "response" });
  expect([read(7), read("7")]).toEqual([
    { ...task, generation: "7" },
    { ...task, generation: "7" },
  ]);
  for (const wrong of ["seven", 1.5, "", {}, "1".repeat(30)]) expect(() => read(wrong)).toThrow("generation");
});
