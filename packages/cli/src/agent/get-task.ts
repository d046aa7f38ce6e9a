import { A2AError, type GetTaskRequest, type Task } from "@parley/a2a/protocol";
import type { Session } from "./session.js";

/**
 * GetTask, with TASK_STATE_UNSPECIFIED handed on as received (9.1): the SDK takes it for a broken answer.
 * @throws as the SDK does
 */
export async function getTask(session: Session, request: GetTaskRequest): Promise<Task> {
  try {
    return await session.client.getTask(request, { signal: session.signal });
  } catch (error) {
    const received = isUnspecified(error) ? session.lastAnswer() : undefined;
    if (received === undefined) throw error;
    const answer = JSON.parse(received);
    return answer.result ?? answer;
  }
}

/** The state is all that is wrong with the answer. */
export function isUnspecified(error: unknown): boolean {
  return (
    error instanceof A2AError &&
    error.reason === "INVALID_AGENT_RESPONSE" &&
    error.violations.length === 1 &&
    error.violations.some(
      ({ field, description }) =>
        field.endsWith("status.state") && description.includes("TASK_STATE_UNSPECIFIED"),
    )
  );
}
