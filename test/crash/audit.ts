/** Compares what was answered with what is there. Every difference is one line of text. */
import type { StreamResponse, Task } from "@parley/a2a/client";
import type { Known, Ledger } from "./ledger.js";
import { answer } from "./load.js";
import { Refusal, type Wire } from "./wire.js";

interface Page {
  readonly tasks: readonly Task[];
  readonly nextPageToken: string;
  readonly totalSize: number;
}

const ended = new Set(["COMPLETED", "FAILED", "CANCELED", "REJECTED"].map((state) => `TASK_STATE_${state}`));
const settled = new Set([...ended, "TASK_STATE_INPUT_REQUIRED"]);

/** How many tasks are in a state that needs a living executor. */
export async function running(wire: Wire): Promise<number> {
  let total = 0;
  for (const state of ["SUBMITTED", "WORKING"]) {
    const page = await wire.call("GET", `/tasks?pageSize=1&status=TASK_STATE_${state}`);
    total += (JSON.parse(page) as Page).totalSize;
  }
  return total;
}

/** All tasks, page by page; `totalSize` must say as many on every page. */
async function list(wire: Wire, wrong: string[]): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  const totals = new Set<number>();
  let pageToken = "";
  do {
    const path = `/tasks?pageSize=100&pageToken=${encodeURIComponent(pageToken)}`;
    const page = JSON.parse(await wire.call("GET", path)) as Page;
    tasks.push(...page.tasks);
    totals.add(page.totalSize);
    pageToken = page.nextPageToken;
  } while (pageToken);
  const found = new Set(tasks.map(({ id }) => id)).size;
  if (found !== tasks.length) wrong.push(`${tasks.length - found} tasks were listed twice`);
  if (totals.size !== 1 || !totals.has(found)) wrong.push(`totalSize ${[...totals]}, found ${found}`);
  return tasks;
}

/** Every task of the ledger, and that every task there is has settled and can be continued to its end. */
export async function audit(wire: Wire, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  const listed = await list(wire, wrong);
  for (const { id, status } of listed) if (!settled.has(status.state)) wrong.push(`${id} is ${status.state}`);
  const there = new Set(listed.map(({ id }) => id));
  const lost = ledger.tasks.filter(({ id }) => !there.has(id));
  for (const { id, answers, events } of lost)
    wrong.push(`${id} is lost after ${answers.length} answers and ${events.length} events`);
  const known = ledger.tasks.filter(({ id }) => there.has(id));
  await sideBySide(known, async (task) => wrong.push(...(await standing(wire, task))));
  await sideBySide(known, async (task) => {
    if (task.last?.status.state === "TASK_STATE_INPUT_REQUIRED" && !task.unsure)
      await answer(wire, ledger, task);
  });
  await sideBySide(known, async (task) => wrong.push(...(await history(wire, task))));
  return wrong;
}

async function sideBySide<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const item of rest) await act(item);
    }),
  );
}

/** The task, where it was left for sure, and its push notification configurations. */
async function standing(wire: Wire, { id, answers, last, unsure, configs }: Known): Promise<string[]> {
  const wrong: string[] = [];
  if (last && !unsure && settled.has(last.status.state)) {
    const json = await wire.call("GET", `/tasks/${id}`);
    if (json !== answers.at(-1)) wrong.push(`${id} was answered ${answers.at(-1)} and is ${json}`);
  }
  for (const [name, answered] of configs) {
    const json = await wire
      .call("GET", `/tasks/${id}/pushNotificationConfigs/${name}`)
      .catch((error: unknown) => {
        if (error instanceof Refusal) return undefined;
        throw error;
      });
    if (json !== answered) wrong.push(`${id} has the configuration ${name} ${json}, answered ${answered}`);
  }
  return wrong;
}

/** The journal: every event received, every status answered, every message sent. */
async function history(wire: Wire, { id, answers, events, unsure }: Known): Promise<string[]> {
  const now = JSON.parse(await wire.call("GET", `/tasks/${id}`)) as Task;
  if (unsure && !ended.has(now.status.state)) return [];
  const wrong: string[] = [];
  const journal = await wire.journal(id);
  const states = journal.map(({ data }) => {
    const { task, statusUpdate } = JSON.parse(data) as StreamResponse;
    return JSON.stringify((task ?? statusUpdate)?.status);
  });
  if (states.at(-1) !== JSON.stringify(now.status)) wrong.push(`${id}: its journal does not end as it did`);
  const ids = journal.map((event) => event.id);
  if (ids.some((event, i) => event !== i + 1)) wrong.push(`${id}: event ids ${ids}`);
  for (const event of events) {
    const stored = journal[event.id - 1]?.data;
    if (stored !== event.data) wrong.push(`${id}: event ${event.id} was ${event.data} and is ${stored}`);
  }
  for (const json of answers) {
    const { status, history = [] } = JSON.parse(json) as Task;
    if (!states.includes(JSON.stringify(status)))
      wrong.push(`${id}: no event states what was answered: ${json}`);
    if (!JSON.stringify(now.history).startsWith(JSON.stringify(history).slice(0, -1)))
      wrong.push(`${id}: messages are missing that were answered: ${json}`);
  }
  return wrong;
}
