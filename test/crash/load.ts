/** Clients that use every operation that writes, and note in the ledger what they are answered. */
import { randomUUID } from "node:crypto";
import type { Known, Ledger } from "./ledger.js";
import { Refusal, type Wire } from "./wire.js";

let messages = 0;

/** A SendMessageRequest; the first word tells the agent what to do. */
function request(kind: string, returnImmediately: boolean, taskId?: string) {
  const parts = [{ text: `${kind} ${messages++}` }];
  const message = { messageId: randomUUID(), role: "ROLE_USER", parts, taskId };
  return { message, configuration: { returnImmediately } };
}

/** Sends a message and gives the Task of the answer. */
async function send(wire: Wire, kind: string, taskId?: string): Promise<string> {
  const returnImmediately = kind === "hold" || kind === "stream";
  const json = await wire.call("POST", "/message:send", request(kind, returnImmediately, taskId));
  return json.slice('{"task":'.length, -1);
}

/** Answers the question of a task, whichever process asked it. */
export async function answer(wire: Wire, ledger: Ledger, asked: Known): Promise<void> {
  ledger.task(await asked.change(() => send(wire, "answer", asked.id)));
}

const deeds: readonly ((wire: Wire, ledger: Ledger) => Promise<unknown>)[] = [
  async function echo(wire, ledger) {
    ledger.task(await send(wire, "echo"));
  },
  function stream(wire, ledger) {
    return wire.stream("/message:stream", request("stream", false), (event) => ledger.event(event));
  },
  async function ask(wire, ledger) {
    const asked = ledger.task(await send(wire, "ask"));
    if (messages % 3 > 0) await answer(wire, ledger, asked);
  },
  async function cancel(wire, ledger) {
    const held = ledger.task(await send(wire, "hold"));
    ledger.task(await held.change(() => wire.call("POST", `/tasks/${held.id}:cancel`)));
  },
  async function configure(wire, ledger) {
    const started = ledger.task(await send(wire, "stream"));
    const path = `/tasks/${started.id}/pushNotificationConfigs`;
    for (const id of ["kept", "deleted"]) {
      const config = { id, url: `https://hooks.test/${messages}`, token: "secret" };
      await started.configure(
        id,
        () => wire.call("POST", path, config),
        (json) => json,
      );
    }
    await started.configure(
      "deleted",
      () => wire.call("DELETE", `${path}/deleted`),
      () => undefined,
    );
  },
];

/**
 * Many clients at once, each doing one deed after the other until the agent is gone.
 * @throws Refusal when the agent refused what it should have taken
 */
export async function load(wire: Wire, ledger: Ledger, clients: number): Promise<void> {
  await Promise.all(Array.from({ length: clients }, (_, i) => client(wire, ledger, i)));
}

async function client(wire: Wire, ledger: Ledger, first: number): Promise<void> {
  for (let i = first; ; i++) {
    try {
      await deeds[i % deeds.length]?.(wire, ledger);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return;
    }
  }
}
