/** Through 0.1 and back: what both versions can say is the same afterwards. docs/versions.md lists what is lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../src/codec/index.js";
import { eventReader, readTask } from "../../src/compat/v0_1/answers.js";
import { readCard, writeCard } from "../../src/compat/v0_1/card.js";
import { jsonrpcMethods, readSend } from "../../src/compat/v0_1/jsonrpc.js";
import { eventWriter, writeTask } from "../../src/compat/v0_1/messages.js";
import { inJsonrpc, sendParams } from "../../src/compat/v0_1/requests.js";
import {
  type AgentCard,
  type Artifact,
  type Message,
  operations,
  type SendMessageRequest,
  type StreamResponse,
  type Task,
  type TaskPushNotificationConfig,
  type TaskState,
} from "../../src/protocol/index.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";
import { arbitraryMessage } from "../codec/arbitrary-message.js";
import { part } from "./expressible.js";

const overTheWire = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

const states: Partial<Record<TaskState, TaskState>> = {
  TASK_STATE_REJECTED: "TASK_STATE_FAILED",
  TASK_STATE_AUTH_REQUIRED: "TASK_STATE_INPUT_REQUIRED",
};

/** What 0.1 can say of a message: no ids, no extensions. */
const message = ({ role, parts, metadata }: Message) => ({ role, parts: parts.map(part), metadata });

const status = ({ state, message: said, timestamp }: Task["status"]) => ({
  state: states[state] ?? state,
  message: said && message(said),
  timestamp,
});

const artifact = ({ name, description, parts, metadata }: Artifact, place: number) => ({
  artifactId: String(place),
  name,
  description,
  parts: parts.map(part),
  metadata,
});

const task = ({ contextId, metadata, ...given }: Task) => ({
  id: "named",
  contextId,
  status: status(given.status),
  artifacts: given.artifacts?.map(artifact),
  history: given.history?.map(message),
  metadata,
});

/** Messages have ids in 1.0; here they come from nowhere. */
const withoutMessageIds = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (key, item) => (key === "messageId" ? undefined : item));

it("a task", () => {
  fc.assert(
    fc.property(arbitraryMessage("Task"), ({ normal }) => {
      const written = overTheWire(writeTask(normal as Task, "named"));
      const read = check("Task", readTask(written), { mode: "response" });
      expect(withoutMessageIds(read)).toEqual(overTheWire(task(normal as Task)));
    }),
    { numRuns: 150 },
  );
});

describe("events", () => {
  const pass = (events: readonly StreamResponse[]) => {
    const write = eventWriter("named");
    const read = eventReader("c");
    return events
      .flatMap(write)
      .map((event) =>
        withoutMessageIds(check("StreamResponse", read(overTheWire(event)), { mode: "response" })),
      );
  };
  const about = { taskId: "named", contextId: "c" };

  it("of a status, of which the first stands for the task", () => {
    fc.assert(
      fc.property(arbitraryMessage("TaskStatusUpdateEvent"), ({ normal }) => {
        const statusUpdate = normal as NonNullable<StreamResponse["statusUpdate"]>;
        const { metadata } = statusUpdate;
        const now = status(statusUpdate.status);
        const [first, second] = pass([{ statusUpdate }, { statusUpdate }] as StreamResponse[]);
        expect(first).toEqual(overTheWire({ task: { id: "named", contextId: "c", status: now, metadata } }));
        expect(second).toEqual(overTheWire({ statusUpdate: { ...about, status: now, metadata } }));
      }),
      { numRuns: 60 },
    );
  });

  it("of a task as it stands, whose artifacts may still grow", () => {
    const artifacts = [{ artifactId: "a", parts: [{ text: "x" }] }];
    const task = (state: TaskState): StreamResponse => ({ task: { id: "t", status: { state }, artifacts } });
    const lastChunks = (state: TaskState) =>
      pass([task(state)]).map((event) => event.artifactUpdate?.lastChunk);
    expect(lastChunks("TASK_STATE_WORKING")).toEqual([false, undefined]);
    expect(lastChunks("TASK_STATE_COMPLETED")).toEqual([true, undefined]);
  });

  it("of artifacts, in the order in which they first come", () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage("TaskArtifactUpdateEvent"), { maxLength: 4 }), (given) => {
        const events = given.map(({ normal }) => normal as NonNullable<StreamResponse["artifactUpdate"]>);
        const places = [...new Set(events.map(({ artifact: { artifactId } }) => artifactId))];
        const expected = events.map(({ append, lastChunk, metadata, artifact: one }) => ({
          artifactUpdate: {
            ...about,
            artifact: artifact(one, places.indexOf(one.artifactId)),
            append,
            lastChunk,
            metadata,
          },
        }));
        expect(pass(events.map((artifactUpdate) => ({ artifactUpdate }) as StreamResponse))).toEqual(
          expected.map(overTheWire),
        );
      }),
      { numRuns: 60 },
    );
  });
});

it("a message that is sent", () => {
  fc.assert(
    fc.property(arbitraryMessage("SendMessageRequest"), ({ normal }) => {
      const given = normal as SendMessageRequest;
      const { message: said, configuration = {}, metadata } = given;
      const params = overTheWire(sendParams(given));
      expect(params.id).toBe(said.taskId ?? said.messageId);
      const read = check("SendMessageRequest", readSend(params)) as SendMessageRequest;
      const { acceptedOutputModes, historyLength, taskPushNotificationConfig: config } = configuration;
      const { id: _, taskId: __, tenant: ___, ...webhook } = config ?? ({} as TaskPushNotificationConfig);
      expect(withoutMessageIds(read)).toEqual(
        overTheWire({
          message: { ...message(said), contextId: said.contextId ?? said.messageId },
          configuration: {
            acceptedOutputModes,
            historyLength: historyLength ?? 2 ** 31 - 1,
            taskPushNotificationConfig: config && { ...webhook, id: "webhook" },
          },
          metadata,
        }),
      );
    }),
    { numRuns: 150 },
  );
});

/** What our server's dispatcher is asked, and what our client makes of the answer. */
async function asked(name: keyof typeof operations, request: object, answer: object) {
  const dispatcher = new ScriptedDispatcher();
  dispatcher.reply = () => ({ json: JSON.stringify(answer), extensions: [] });
  const { method, params, read } = inJsonrpc(operations[name], request);
  const sent = overTheWire(params);
  const { operation, dispatcher: older } = jsonrpcMethods(dispatcher)(method, sent) ?? {};
  const call = { header: () => undefined, queryParameter: () => undefined };
  const { json } = (await older?.unary(operation?.name ?? name, sent, call as never)) ?? { json: "" };
  const { request: taken, call: current } = dispatcher.taken();
  return { taken, taskName: current.taskName, answer: read(JSON.parse(json)) };
}

describe("requests that name a task", () => {
  it.each(["GetTask", "CancelTask"] as const)("%s", async (name) => {
    await fc.assert(
      fc.asyncProperty(arbitraryMessage(operations[name].request), async ({ normal }) => {
        const { tenant: _, ...given } = normal as { tenant?: string; id: string };
        const { taken, taskName } = await asked(name, given, {
          id: "t",
          status: { state: "TASK_STATE_WORKING" },
        });
        const length = name === "GetTask" ? { historyLength: 2 ** 31 - 1 } : {};
        expect(overTheWire(taken)).toEqual(overTheWire({ ...length, ...given }));
        expect(taskName).toBe(given.id);
      }),
      { numRuns: 60 },
    );
  });

  it("CreateTaskPushNotificationConfig", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryMessage("TaskPushNotificationConfig"), async ({ normal }) => {
        const { tenant: _, ...config } = {
          id: "mine",
          taskId: "t",
          ...(normal as object),
        } as TaskPushNotificationConfig;
        const { taken, answer } = await asked("CreateTaskPushNotificationConfig", config, config);
        expect(overTheWire(taken)).toEqual({ ...config, id: "webhook" });
        expect(overTheWire(check("TaskPushNotificationConfig", answer, { mode: "response" }))).toEqual(
          config,
        );
      }),
      { numRuns: 60 },
    );
  });
});

it("a card", () => {
  fc.assert(
    fc.property(arbitraryMessage("AgentCard"), ({ normal }) => {
      const card = normal as AgentCard;
      const { name, description, version, provider, documentationUrl } = card;
      const { defaultInputModes, defaultOutputModes, capabilities, skills } = card;
      const read = check("AgentCard", readCard(overTheWire(writeCard(card))), { mode: "lenient" });
      const { securitySchemes: _, securityRequirements: __, supportedInterfaces, ...about } = read;
      expect(supportedInterfaces).toMatchObject([{ protocolBinding: "JSONRPC", protocolVersion: "0.1" }]);
      expect(overTheWire(about)).toEqual(
        overTheWire({
          ...{
            name,
            description,
            version,
            provider,
            documentationUrl,
            defaultInputModes,
            defaultOutputModes,
          },
          capabilities: {
            streaming: capabilities.streaming ?? false,
            pushNotifications: capabilities.pushNotifications ?? false,
          },
          skills: skills.map(({ securityRequirements: ___, ...skill }) => skill),
        }),
      );
    }),
    { numRuns: 100 },
  );
});
