/** The draft of 1.1 on every binding, and that clients of 1.0 see nothing of it. */
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { toQuery, toRoute } from "../../src/bindings/http-json/routes.js";
import { protobuf } from "../../src/codec/protobuf/index.js";
import { draft1_1, v0_3 } from "../../src/compat/index.js";
import { added, schema } from "../../src/compat/v1_1/fields.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { type OperationName, type OperationTypes, operations, type Task } from "../../src/protocol/index.js";
import { receiver } from "../push/support.js";
import { online } from "./rig.js";

const codec = protobuf(schema);

type Version = "1.0" | "1.1" | "1.1.3";
type Members = Record<string, unknown>;
type Numbered = Task & { readonly generation?: string };
interface Failure {
  readonly reason: string;
  readonly metadata?: Members;
  /** Status or code of the binding. */
  readonly code: number;
}
interface Answer {
  readonly result?: Members;
  readonly failure?: Failure;
  /** All that came, as text. */
  readonly raw: string;
}
interface Speaker {
  unary(name: OperationName, request: object): Promise<Answer>;
  stream(name: OperationName, request: object, lastEventId?: string): Promise<Members[]>;
}

let serving: Serving;
let channel: Client;
beforeAll(async () => {
  serving = await online({ grpc: {}, versions: [v0_3, draft1_1] });
  channel = new Client(serving.grpc?.address ?? "", credentials.createInsecure());
});
afterAll(async () => {
  channel.close();
  await serving.close();
});

const mismatch = { jsonrpc: -32010, http: 409, grpc: status.ABORTED };
const detailOf = (details: readonly Members[]): Pick<Failure, "reason" | "metadata"> =>
  details.find((each) => each.reason !== undefined) as never;
const eventsOf = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string) as Members);

const bindings: Readonly<Record<string, { code: number; speak: (version: Version) => Speaker }>> = {
  "JSON-RPC": {
    code: mismatch.jsonrpc,
    speak(version) {
      const post = async (method: string, params: object, lastEventId?: string) =>
        fetch(serving.url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "a2a-version": version,
            ...(lastEventId && { "last-event-id": lastEventId }),
          },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        });
      return {
        async unary(name, request) {
          const raw = await (await post(name, request)).text();
          const { result, error } = JSON.parse(raw);
          return {
            result,
            raw,
            ...(error && { failure: { ...detailOf(error.data ?? []), code: error.code } }),
          };
        },
        stream: async (name, request, lastEventId) =>
          eventsOf(await (await post(name, request, lastEventId)).text()).map(
            ({ result }) => result as Members,
          ),
      };
    },
  },
  "HTTP+JSON": {
    code: mismatch.http,
    speak(version) {
      const send = async (name: OperationName, request: object, lastEventId?: string) => {
        const { verb, path, rest } = toRoute(operations[name], request);
        const headers = {
          "a2a-version": version,
          "content-type": "application/json",
          ...(lastEventId && { "last-event-id": lastEventId }),
        };
        const query = verb === "POST" ? "" : `?${toQuery(rest)}`;
        const body = verb === "POST" ? { body: JSON.stringify(rest) } : {};
        return fetch(serving.url.replace(/\/$/, "") + path + query, { method: verb, headers, ...body });
      };
      return {
        async unary(name, request) {
          const response = await send(name, request);
          const raw = await response.text();
          const result = JSON.parse(raw);
          if (response.ok) return { result, raw };
          return { raw, failure: { ...detailOf(result.error.details), code: response.status } };
        },
        stream: async (name, request, lastEventId) =>
          eventsOf(await (await send(name, request, lastEventId)).text()),
      };
    },
  },
  gRPC: {
    code: mismatch.grpc,
    speak(version) {
      const sent = (name: OperationName, request: object) =>
        [
          `/lf.a2a.v1.A2AService/${name}`,
          (bytes: Uint8Array) => Buffer.from(bytes),
          (bytes: Buffer) => bytes,
          codec.encode(operations[name].request, request),
        ] as const;
      const metadataOf = (lastEventId?: string) => {
        const metadata = new Metadata();
        metadata.set("a2a-version", version);
        if (lastEventId) metadata.set("last-event-id", lastEventId);
        return metadata;
      };
      return {
        unary: (name, request) =>
          new Promise((resolve) => {
            const answered = (error: ServiceError | null, bytes?: Buffer) => {
              const result = bytes && codec.decode(operations[name].response, bytes);
              const details = String(error?.metadata.get("grpc-status-details-bin")[0]);
              const [reason = ""] = /[A-Z]+(?:_[A-Z]+)+/.exec(details) ?? [];
              const code = error?.code ?? 0;
              resolve({
                raw: JSON.stringify(result),
                ...(result ? { result } : { failure: { reason, code } }),
              });
            };
            channel.makeUnaryRequest(...sent(name, request), metadataOf(), {}, answered);
          }),
        async stream(name, request, lastEventId) {
          const stream = channel.makeServerStreamRequest(...sent(name, request), metadataOf(lastEventId));
          const events: Members[] = [];
          for await (const bytes of stream) events.push(codec.decode("StreamResponse", bytes));
          return events;
        },
      };
    },
  },
};

let ids = 0;
const saying = (
  text: string,
  more: object = {},
  configuration?: object,
): OperationTypes["SendMessage"]["request"] => ({
  message: { messageId: `m${ids++}`, role: "ROLE_USER", parts: [{ text }], ...more },
  ...(configuration && { configuration }),
});
const generations = (events: readonly Members[]) =>
  events.map((event) => (Object.values(event)[0] as { generation?: string }).generation);

describe.each(Object.entries(bindings))("1.1 over %s", (_, { code, speak }) => {
  const draft = speak("1.1");
  const taskOf = ({ result, failure }: Answer): Numbered => {
    if (failure) throw new Error(failure.reason);
    return (result?.task ?? result) as Numbered;
  };
  const asking = async () => taskOf(await draft.unary("SendMessage", saying("ask")));

  it("numbers tasks and events, as the ids of streams do", async () => {
    const events = await draft.stream("SendStreamingMessage", saying("pieces"));
    expect(generations(events)).toEqual(["1", "2", "3", "4", "5", "6"]);
    const { id, generation } = (events[0] as { task: Numbered }).task;
    expect(generation).toBe("1");
    expect(taskOf(await draft.unary("GetTask", { id })).generation).toBe("6");
    expect(taskOf(await draft.unary("GetTask", { id, historyLength: 0 })).generation).toBe("6");
    expect(generations(await draft.stream("SubscribeToTask", { id }, "4"))).toEqual(["5", "6"]);
    const { tasks } = (await draft.unary("ListTasks", {})).result as { tasks: Numbered[] };
    expect(tasks.find((task) => task.id === id)?.generation).toBe("6");
    expect(tasks.every((task) => Number(task.generation) > 0)).toBe(true);
    const waiting = await asking();
    expect(waiting.generation).toBe("3");
    expect(taskOf(await draft.unary("CancelTask", { id: waiting.id })).generation).toBe("4");
    const direct = await draft.unary("SendMessage", saying("message"));
    expect(direct.raw).not.toContain("generation");
  });

  it("takes a message only at the generation it expects", async () => {
    const { id } = await asking();
    const at = (ifGenerationMatch: unknown) =>
      draft.unary("SendMessage", saying("red", { taskId: id }, { ifGenerationMatch }));
    for (const wrong of ["2", "4", "-1", "4294967299"]) {
      const { failure } = await at(wrong);
      expect([failure?.reason, failure?.code]).toEqual(["TASK_GENERATION_MISMATCH", code]);
      const { metadata = { taskId: id, expectedGeneration: wrong, currentGeneration: "3" } } = failure ?? {};
      expect(metadata).toEqual({ taskId: id, expectedGeneration: wrong, currentGeneration: "3" });
    }
    expect(taskOf(await draft.unary("GetTask", { id })).generation).toBe("3");
    const race = await Promise.all(Array.from({ length: 5 }, () => at("3")));
    const refused = race.filter(({ failure }) => failure?.reason === "TASK_GENERATION_MISMATCH");
    expect(refused.length).toBe(4);
    expect(taskOf(race.find(({ result }) => result) as Answer).status.state).toBe("TASK_STATE_COMPLETED");
    // Where a task is to be made there is nothing to compare with.
    expect(
      (await draft.unary("SendMessage", saying("x", {}, { ifGenerationMatch: "9" }))).failure,
    ).toBeUndefined();
  });

  it("waits with a task until it is past the generation that is known", async () => {
    const { id } = await asking();
    expect(taskOf(await draft.unary("GetTask", { id, currentGeneration: "2" })).generation).toBe("3");
    let done = false;
    const polls = ["3", "4"].map((currentGeneration) => draft.unary("GetTask", { id, currentGeneration }));
    for (const poll of polls) void poll.then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toBe(false);
    await draft.unary("SendMessage", saying("red", { taskId: id }, { returnImmediately: true }));
    const seen = (await Promise.all(polls)).map((answer) => Number(taskOf(answer).generation));
    expect(seen[0]).toBeGreaterThan(3);
    expect(seen[1]).toBeGreaterThan(4);
    // Of a task that has ended nothing more is to come.
    const ended = await draft.unary("GetTask", { id, currentGeneration: "1000" });
    expect(taskOf(ended).status.state).toBe("TASK_STATE_COMPLETED");
    expect((await draft.unary("GetTask", { id: "none", currentGeneration: "1" })).failure?.reason).toBe(
      "TASK_NOT_FOUND",
    );
  });

  it("numbers webhooks for who asked in 1.1, and for nobody else", async () => {
    const [drafted, inline, old] = [await receiver(), await receiver(), await receiver()];
    const configuration = { taskPushNotificationConfig: { url: inline.url } };
    const { id } = taskOf(await draft.unary("SendMessage", saying("ask", {}, configuration)));
    await draft.unary("CreateTaskPushNotificationConfig", { taskId: id, id: "drafted", url: drafted.url });
    const config = { taskId: id, id: "old", url: old.url };
    expect((await speak("1.0").unary("CreateTaskPushNotificationConfig", config)).result).toEqual(config);
    await speak("1.0").unary("SendMessage", saying("red", { taskId: id }));
    for (const { got } of [drafted, inline, old])
      await vi.waitFor(() => expect(got.at(-1)?.body).toContain("TASK_STATE_COMPLETED"));
    const numbersOf = ({ got }: typeof drafted) => generations(got.map(({ body }) => JSON.parse(body)));
    expect(numbersOf(inline)).toEqual(["1", "2", "3", "4", "5", "6"].slice(0, inline.got.length));
    expect(numbersOf(drafted)).toEqual(numbersOf(inline).slice(3));
    expect(old.got.length).toBe(drafted.got.length);
    for (const { body } of old.got) expect(body).not.toContain("generation");
    for (const { headers } of [...drafted.got, ...old.got])
      expect(headers["content-type"]).toBe("application/a2a+json");
  });

  it("shows clients of 1.0 nothing of it, and takes nothing of it from them", async () => {
    const old = speak("1.0");
    const waiting = await old.unary("SendMessage", saying("ask", {}, { ifGenerationMatch: "7" }));
    const { id } = taskOf(waiting);
    const streams = [
      await old.stream("SendStreamingMessage", saying("pieces")),
      await old.stream(
        "SubscribeToTask",
        { id: taskOf(await old.unary("SendMessage", saying("pieces"))).id },
        "1",
      ),
    ];
    const answers = [
      waiting,
      await old.unary("GetTask", { id, currentGeneration: "99" }),
      await old.unary("ListTasks", {}),
      await old.unary("SendMessage", saying("red", { taskId: id }, { ifGenerationMatch: "99" })),
      await old.unary("CancelTask", { id: (await asking()).id }),
    ];
    expect(answers.map(({ failure }) => failure)).toEqual(answers.map(() => undefined));
    for (const seen of [...answers.map(({ raw }) => raw), JSON.stringify(streams)])
      expect(seen).not.toMatch(/generation/i);
  });

  it("ignores a patch number, and refuses what is no number", async () => {
    const { id } = await asking();
    expect(taskOf(await speak("1.1.3").unary("GetTask", { id })).generation).toBe("3");
    if (code === mismatch.grpc) return;
    const bad = await draft.unary("GetTask", { id, currentGeneration: "soon" });
    expect(bad.failure?.code).toBe(code === mismatch.http ? 400 : -32602);
  });
});

describe("1.1: cards and other requests", () => {
  const card = async (version?: string) => {
    const headers: Record<string, string> = version === undefined ? {} : { "a2a-version": version };
    const response = await fetch(new URL(".well-known/agent-card.json", serving.url), { headers });
    return (await response.json()) as {
      supportedInterfaces: { protocolVersion: string; protocolBinding: string }[];
    };
  };

  it("names the interfaces of 1.1 to those who ask for it, and to nobody else", async () => {
    const { supportedInterfaces: drafted } = await card("1.1");
    const { supportedInterfaces: own } = await card("1.0");
    const first = own.filter((each) => each.protocolVersion === "1.0");
    expect(first.length).toBe(3);
    expect(drafted).toEqual([...first.map((each) => ({ ...each, protocolVersion: "1.1" })), ...own]);
    for (const version of ["1.0", undefined, "0.3"])
      expect(JSON.stringify(await card(version))).not.toContain('"1.1"');
  });

  it("takes no request for one of 1.1 that names no version", async () => {
    const only = await online({ versions: [draft1_1] });
    try {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "GetTask", params: { id: "x" } });
      const ask = async (headers: object) =>
        (
          await fetch(only.url, {
            method: "POST",
            body,
            headers: { "content-type": "application/json", ...headers },
          })
        ).text();
      expect(await ask({})).toContain("VERSION_NOT_SUPPORTED");
      expect(await ask({ "a2a-version": "1.1" })).toContain("TASK_NOT_FOUND");
      const asked = await fetch(new URL(".well-known/agent-card.json", only.url));
      expect(await asked.text()).not.toContain('"1.1"');
    } finally {
      await only.close();
    }
  });

  it("speaks no 1.1 unless it is told to", async () => {
    const plain = await online();
    try {
      const response = await fetch(new URL("tasks/x", plain.url), { headers: { "a2a-version": "1.1" } });
      expect(await response.text()).toContain("VERSION_NOT_SUPPORTED");
    } finally {
      await plain.close();
    }
  });
});

it("the table has no field or number that 1.0 has", async () => {
  const { messages } = await import("../../src/protocol/index.js");
  for (const [name, fields] of Object.entries(added))
    for (const [field, { number }] of Object.entries(fields)) {
      const own = messages[name]?.fields ?? {};
      expect(Object.keys(own)).not.toContain(field);
      expect(Object.values(own).map((each) => each.number)).not.toContain(number);
    }
});
