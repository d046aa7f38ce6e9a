/** Builders of what an agent yields: the next status of its task, or (a piece of) an artifact. */
import { check } from "../codec/index.js";
import type { Artifact, Part, Struct, TaskState } from "../protocol/index.js";
import { type Content, copy, parts } from "./parts.js";

/** A status the agent reports. Made by `working()`, `completed()` and the like. */
export class StatusEvent {
  constructor(
    readonly state: TaskState,
    /** The parts of the status message, if it has one. */
    readonly parts: Part[] | undefined,
  ) {}
}

/** An artifact, or a chunk of one. Made by `artifact()`. */
export class ArtifactEvent {
  constructor(
    readonly artifact: Artifact,
    readonly append: boolean,
    readonly lastChunk: boolean,
  ) {}
}

export type AgentEvent = StatusEvent | ArtifactEvent;

export interface ArtifactOptions {
  /** Human-readable name; the id when unset. */
  readonly name?: string;
  readonly description?: string;
  /** Adds the parts to the artifact sent before under this id. */
  readonly append?: boolean;
  /** Says that no more chunks follow. */
  readonly lastChunk?: boolean;
  readonly metadata?: Struct;
  /** URIs of extensions that contributed to it. */
  readonly extensions?: readonly string[];
}

/**
 * An output of the task. The id names it within the task: sending it again replaces it, `append: true` adds to it.
 * @throws A2AError INVALID_PARAMS naming the field when a part is not valid.
 */
export function artifact(id: string, content: Content, options: ArtifactOptions = {}): ArtifactEvent {
  const made: Artifact = { artifactId: id, parts: parts(content) };
  if (options.name !== undefined) made.name = options.name;
  else if (!options.append) made.name = id;
  if (options.description !== undefined) made.description = options.description;
  if (options.metadata) made.metadata = copy(options.metadata) as Struct;
  if (options.extensions) made.extensions = [...options.extensions];
  return new ArtifactEvent(check("Artifact", made), options.append ?? false, options.lastChunk ?? false);
}

/** Work goes on; the message says how far. */
export const working = (message?: Content): StatusEvent => status("TASK_STATE_WORKING", message);
/** The task is accepted but has not begun. */
export const submitted = (message?: Content): StatusEvent => status("TASK_STATE_SUBMITTED", message);
/** The task is done. Falling off the end of `execute` says the same without a message. */
export const completed = (message?: Content): StatusEvent => status("TASK_STATE_COMPLETED", message);
/** The task could not be done. */
export const failed = (message?: Content): StatusEvent => status("TASK_STATE_FAILED", message);
/** The agent will not do the task. */
export const rejected = (message?: Content): StatusEvent => status("TASK_STATE_REJECTED", message);

/**
 * The agent needs an answer. Yielded, it pauses the generator and `yield` gives the next user message;
 * returned, it ends this run and the next message calls `execute` again.
 */
export const inputRequired = (question: Content): StatusEvent =>
  status("TASK_STATE_INPUT_REQUIRED", question);

/**
 * The agent needs an authorization, which the message explains (spec 7.6). It does not pause: the credential
 * comes out of band. Messages to the task arrive through `context.nextMessage()`.
 */
export const authRequired = (explanation: Content): StatusEvent =>
  status("TASK_STATE_AUTH_REQUIRED", explanation);

function status(state: TaskState, message: Content | undefined): StatusEvent {
  if (message === undefined) {
    if (state === "TASK_STATE_AUTH_REQUIRED" || state === "TASK_STATE_INPUT_REQUIRED") {
      throw new TypeError(`${state} needs a message that says what is required`);
    }
    return new StatusEvent(state, undefined);
  }
  const own = parts(message);
  for (const part of own) check("Part", part);
  return new StatusEvent(state, own);
}
