/** Through 0.3 and back: what both versions can say is the same afterwards. docs/versions.md lists what is lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../src/codec/index.js";
import { readCard, writeCard } from "../../src/compat/v0_3/card.js";
import type { Form } from "../../src/compat/v0_3/forms.js";
import { type Row, rows } from "../../src/compat/v0_3/operations.js";
import {
  type AgentCard,
  type Artifact,
  type Message,
  type MessageName,
  type OperationName,
  operationNames,
  operations,
  type Part,
  type SendMessageRequest,
  type Task,
  type TaskPushNotificationConfig,
} from "../../src/protocol/index.js";
import { arbitraryMessage } from "../codec/arbitrary-message.js";

const forms: readonly Form[] = ["kind", "proto"];
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

/** What 0.3 can say of a part: no media type or file name but of files. */
function part({ mediaType, filename, ...same }: Part): object {
  const isFile = same.raw !== undefined || same.url !== undefined;
  const { metadata, ...content } = same;
  const blank = same.data !== undefined && !isMembers(same.data) && Object.keys(metadata ?? {}).length === 0;
  return { ...content, ...(isFile && { mediaType, filename }), ...(!blank && { metadata }) };
}

const isMembers = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const message = (form: Form, { referenceTaskIds, ...same }: Message): object => ({
  ...same,
  parts: same.parts.map(part),
  ...(form === "kind" && { referenceTaskIds }),
});

const artifact = (given: Artifact): object => ({ ...given, parts: given.parts.map(part) });

const task = (form: Form, given: Task): object => ({
  ...given,
  status: status(form, given.status),
  history: given.history?.map((each) => message(form, each)),
  artifacts: given.artifacts?.map(artifact),
});

const status = (form: Form, given: Task["status"]): object => ({
  ...given,
  message: given.message && message(form, given.message),
});

// biome-ignore format: one line each
const expressible: Partial<Record<MessageName, (form: Form, given: never) => object>> = {
  Task: task,
  SendMessageResponse: response,
  StreamResponse: response,
  SendMessageRequest: (form, { message: said, configuration, metadata }: SendMessageRequest) => {
    const { taskPushNotificationConfig: config, returnImmediately, ...same } = configuration ?? {};
    const kept = configuration && {
      ...same,
      taskPushNotificationConfig: config && { ...pushConfig(config), taskId: undefined },
      returnImmediately: returnImmediately || undefined,
    };
    return { message: message(form, said), configuration: kept, metadata };
  },
  TaskPushNotificationConfig: (_, given: TaskPushNotificationConfig) => pushConfig(given),
  ListTaskPushNotificationConfigsResponse: (_, { configs }: { configs?: TaskPushNotificationConfig[] }) => ({
    configs: (configs ?? []).map(pushConfig),
  }),
  ListTasksResponse: (form, { tasks }: { tasks: Task[] }) => ({
    // 0.3 has no pages.
    ...{ nextPageToken: "", pageSize: 0, totalSize: 0 },
    tasks: tasks.map((each) => task(form, each)),
  }),
};

function pushConfig({ tenant, ...same }: TaskPushNotificationConfig): object {
  return same;
}

function response(
  form: Form,
  given: { [K in "task" | "message" | "statusUpdate" | "artifactUpdate"]?: never },
) {
  const {
    task: made,
    message: said,
    statusUpdate,
    artifactUpdate,
  } = given as {
    task?: Task;
    message?: Message;
    statusUpdate?: { status: Task["status"] };
    artifactUpdate?: { artifact: Artifact };
  };
  if (made) return { task: task(form, made) };
  if (said) return { message: message(form, said) };
  if (statusUpdate) return { statusUpdate: { ...statusUpdate, status: status(form, statusUpdate.status) } };
  return {
    artifactUpdate: { ...artifactUpdate, artifact: artifactUpdate && artifact(artifactUpdate.artifact) },
  };
}

const row = (name: OperationName) => rows[name] as Row<never>;

/** Configurations get a task and an id before they are answered, and the list asks for all of them. */
const complete = (name: string) => (given: object) =>
  name.includes("TaskPushNotificationConfig") && !name.includes("Request")
    ? { id: "c", taskId: "t", ...given }
    : given;

describe.each(forms)("in %s form", (form) => {
  const answers = operationNames.filter((name) => !["GetExtendedAgentCard"].includes(name));
  it.each(answers.filter((name) => operations[name].response !== "Empty"))("an answer of %s", (name) => {
    const type = operations[name].response as MessageName;
    fc.assert(
      fc.property(arbitraryMessage(type), ({ normal }) => {
        const given = type === "TaskPushNotificationConfig" ? complete(type)(normal as object) : normal;
        const filled =
          type.startsWith("List") && "configs" in (given as object)
            ? {
                configs: (given as { configs: object[] }).configs.map(complete("TaskPushNotificationConfig")),
              }
            : given;
        const written = overTheWire(row(name).writeAnswer(filled as never, form));
        const read = check(type, row(name).readAnswer(written), { mode: "response" });
        const expected = expressible[type]?.(form, filled as never) ?? filled;
        expect(overTheWire(read)).toEqual(overTheWire(expected));
      }),
      { numRuns: 60 },
    );
  });

  it.each(["SendMessage", "SendStreamingMessage"] as const)("a request of %s", (name) => {
    fc.assert(
      fc.property(arbitraryMessage("SendMessageRequest"), ({ normal }) => {
        const written = overTheWire(row(name).writeRequest(normal as never, form));
        const read = check("SendMessageRequest", row(name).readRequest(written as never));
        expect(overTheWire(read)).toEqual(
          overTheWire(expressible.SendMessageRequest?.(form, normal as never)),
        );
      }),
      { numRuns: 150 },
    );
  });
});

/** What `kind` requests say besides: ids, and how much history. */
it.each([
  ["GetTask", ["id", "historyLength"]],
  ["CancelTask", ["id", "metadata"]],
  ["SubscribeToTask", ["id"]],
  ["GetTaskPushNotificationConfig", ["taskId", "id"]],
  ["DeleteTaskPushNotificationConfig", ["taskId", "id"]],
  ["ListTaskPushNotificationConfigs", ["taskId"]],
] as const)("a request of %s", (name, fields) => {
  const type = operations[name].request;
  fc.assert(
    fc.property(arbitraryMessage(type), ({ normal }) => {
      const written = overTheWire(row(name).writeRequest(normal as never, "kind"));
      const read = check(type, row(name).readRequest(written as never)) as unknown as Record<string, unknown>;
      for (const field of fields) expect(read[field]).toEqual((normal as typeof read)[field]);
    }),
    { numRuns: 50 },
  );
});

/** Requirements with what they may leave out. */
const requirements = (given: AgentCard["securityRequirements"]) =>
  given?.map(({ schemes = {} }) => ({
    schemes: Object.fromEntries(Object.entries(schemes).map(([name, { list = [] }]) => [name, { list }])),
  }));

it("a card", () => {
  fc.assert(
    fc.property(arbitraryMessage("AgentCard"), ({ normal }) => {
      const card = normal as AgentCard;
      const read = readCard({ url: "", ...(overTheWire(writeCard(card)) as object) }) as object;
      const { signatures: _, capabilities, ...same } = card;
      const extensions = capabilities.extensions?.filter(({ uri }) => uri !== undefined);
      const { supportedInterfaces } = card;
      expect(overTheWire(check("AgentCard", { ...read, supportedInterfaces }))).toEqual(
        overTheWire({
          ...same,
          capabilities: { extendedAgentCard: false, ...capabilities, extensions },
          securityRequirements: requirements(card.securityRequirements),
          skills: card.skills.map((skill) => ({
            ...skill,
            securityRequirements: requirements(skill.securityRequirements),
          })),
        }),
      );
    }),
    { numRuns: 100 },
  );
});
