/**
 * The two ways in which 0.3 writes JSON. `kind` is that of its types.ts and JSON Schema, with `kind` members, spoken
 * over JSON-RPC; `proto` is the ProtoJSON of its a2a.proto, which its SDKs speak over HTTP+JSON.
 */
import type { Role, TaskState } from "../../protocol/index.js";

export type Form = "kind" | "proto";

const kindStates: Readonly<Record<TaskState, string>> = {
  TASK_STATE_SUBMITTED: "submitted",
  TASK_STATE_WORKING: "working",
  TASK_STATE_INPUT_REQUIRED: "input-required",
  TASK_STATE_AUTH_REQUIRED: "auth-required",
  TASK_STATE_COMPLETED: "completed",
  TASK_STATE_FAILED: "failed",
  TASK_STATE_CANCELED: "canceled",
  TASK_STATE_REJECTED: "rejected",
};

const kindRoles: Readonly<Record<Role, string>> = { ROLE_USER: "user", ROLE_AGENT: "agent" };

/** One state has another name in the proto of 0.3. */
const protoCanceled = "TASK_STATE_CANCELLED";

const states = inverse(kindStates).set(protoCanceled, "TASK_STATE_CANCELED");
const roles = inverse(kindRoles);

function inverse(names: Readonly<Record<string, string>>): Map<unknown, string> {
  return new Map(Object.entries(names).map(([current, older]) => [older, current]));
}

export function writeState(state: TaskState, form: Form): string {
  if (form === "kind") return kindStates[state];
  return state === "TASK_STATE_CANCELED" ? protoCanceled : state;
}

export const writeRole = (role: Role, form: Form): string => (form === "kind" ? kindRoles[role] : role);

/** What 1.0 calls it; what has no name there is left for the check to refuse. */
export const readState = (state: unknown): unknown => states.get(state) ?? state;

export const readRole = (role: unknown): unknown => roles.get(role) ?? role;
