/** What clients ask of a node. */
import type { Task } from "@parley/a2a";
import type { Work } from "../node/settings.js";
import { ask } from "./wire.js";

export function sendRequest(work: Work, configuration: object = {}) {
  const message = {
    messageId: crypto.randomUUID(),
    role: "ROLE_USER",
    parts: [{ text: JSON.stringify(work) }],
  };
  return { message, configuration };
}

/** Begins a task without waiting for it. @returns its id, which is durable */
export async function begin(port: number, work: Work, configuration: object = {}): Promise<string> {
  const request = sendRequest(work, { ...configuration, returnImmediately: true });
  const body = await ask(port, "POST", "/message:send", request);
  return (JSON.parse(body) as { task: Task }).task.id;
}
