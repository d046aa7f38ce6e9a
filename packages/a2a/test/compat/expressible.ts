/** What 0.3 can say of the messages of 1.0; docs/versions.md lists what it cannot. */
import type { Form } from "../../src/compat/v0_3/forms.js";
import type {
  Artifact,
  Message,
  MessageName,
  Part,
  SendMessageRequest,
  Task,
  TaskPushNotificationConfig,
} from "../../src/protocol/index.js";

/** What 0.3 can say of a part: no media type or file name but of files. */
export function part({ mediaType, filename, ...same }: Part): object {
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
export const expressible: Partial<Record<MessageName, (form: Form, given: never) => object>> = {
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

/** Configurations get a task and an id before they are answered, and the list asks for all of them. */
export const complete = (name: string) => (given: object) =>
  name.includes("TaskPushNotificationConfig") && !name.includes("Request")
    ? { id: "c", taskId: "t", ...given }
    : given;
