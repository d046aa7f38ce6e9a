/** What peers saw, in one form: drivers hand on what their SDK gave them, as JSON of 1.0 or of 0.3. */

/** Any JSON object; peers' answers are not ours to trust. */
export type Json = { readonly [key: string]: unknown };

export interface SeenPart {
  readonly text?: string;
  readonly data?: unknown;
  readonly url?: string;
  /** base64 */
  readonly bytes?: string;
  readonly mediaType?: string;
}

/** A task, a message or an update. */
export interface Seen {
  readonly kind: "task" | "message" | "status" | "artifact";
  /** Of the task. */
  readonly id: string;
  readonly contextId: string;
  /** In small letters with hyphens: "input-required". */
  readonly state: string;
  /** Of the message, or of all artifacts. */
  readonly parts: readonly SeenPart[];
}

export const textOf = ({ parts }: Pick<Seen, "parts">): string =>
  parts.map(({ text }) => text ?? "").join("");

/** @throws Error when it is nothing A2A knows */
export function seen(value: unknown): Seen {
  const json = object(value);
  const kind = (["task", "message", "statusUpdate", "artifactUpdate"] as const).find((key) => key in json);
  // A task has a message in its status, too, but there it is one level deeper.
  if (kind !== undefined && json.kind === undefined && json.status === undefined) {
    return one(names[kind], object(json[kind]));
  }
  switch (json.kind) {
    case "task":
    case "message":
      return one(json.kind, json);
    case "status-update":
      return one("status", json);
    case "artifact-update":
      return one("artifact", json);
    default:
      if (json.status !== undefined) return one("task", json);
      throw new Error(`neither task, message nor update: ${JSON.stringify(value)}`);
  }
}

const names = {
  task: "task",
  message: "message",
  statusUpdate: "status",
  artifactUpdate: "artifact",
} as const;

function one(kind: Seen["kind"], json: Json): Seen {
  const holders = kind === "message" ? [json] : kind === "artifact" ? [json.artifact] : list(json.artifacts);
  return {
    kind,
    id: String((kind === "task" ? json.id : json.taskId) ?? ""),
    contextId: String(json.contextId ?? ""),
    state: stateOf(object(json.status ?? {}).state),
    parts: holders.flatMap((holder) => list(object(holder).parts).map(part)),
  };
}

function stateOf(state: unknown): string {
  return String(state ?? "")
    .replace(/^TASK_STATE_/, "")
    .toLowerCase()
    .replaceAll("_", "-");
}

function part(value: unknown): SeenPart {
  const { text, data, url, raw, mediaType, file } = object(value);
  if (typeof text === "string") return { text };
  if (data !== undefined) return { data };
  const { uri = url, bytes = raw, mimeType = mediaType } = object(file ?? {});
  return {
    ...(typeof uri === "string" && uri !== "" ? { url: uri } : { bytes: String(bytes) }),
    mediaType: String(mimeType),
  };
}

export function object(value: unknown): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`not an object: ${JSON.stringify(value)}`);
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
