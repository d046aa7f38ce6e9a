/**
 * Tasks that clients name, as they did before servers chose the ids. A name is its caller's own; the task's id is made
 * from both, so nothing need be kept. When the task of a name has ended, the next message makes another of that name.
 */
import type { Engine } from "../engine/index.js";
import { A2AError, isTerminal, type Message, type TaskState } from "../protocol/index.js";
import { digest } from "./digest.js";

interface Named {
  /** The newest task of the name. */
  readonly latest: { readonly id: string; readonly state: TaskState } | undefined;
  /** The id of the one that comes after it. */
  readonly next: string;
}

/** @returns the message as it goes on with the task of that name, or the id of a task to be made for it */
export async function messageForName(
  engine: Engine,
  message: Message,
  name: string,
  owner: string,
): Promise<{ readonly message: Message; readonly newTaskId?: string }> {
  const { latest, next } = await look(engine, name, owner);
  if (latest === undefined || isTerminal(latest.state)) return { message, newTaskId: next };
  return { message: { ...message, taskId: latest.id } };
}

/** The id of the newest task of a name; what names none may be an id itself. */
export async function idForName(engine: Engine, name: string, owner: string): Promise<string> {
  return (await look(engine, name, owner)).latest?.id ?? name;
}

/** Tasks of a name are numbered without gaps, so the last one is found in few steps however many there are. */
async function look(engine: Engine, name: string, owner: string): Promise<Named> {
  let latest: Named["latest"];
  let present = -1;
  let absentAt: number | undefined;
  for (;;) {
    const nth = absentAt === undefined ? 2 * present + 2 : (present + absentAt) >> 1;
    if (nth === present) return { latest, next: await idOf(name, owner, present + 1) };
    const found = await engine.find(await idOf(name, owner, nth), owner).catch(absent);
    if (found === undefined) absentAt = nth;
    else [latest, present] = [found, nth];
  }
}

function absent(error: unknown): undefined {
  if (error instanceof A2AError && error.reason === "TASK_NOT_FOUND") return undefined;
  throw error;
}

const idOf = (name: string, owner: string, nth: number): Promise<string> =>
  digest(JSON.stringify([owner, name, nth]));
