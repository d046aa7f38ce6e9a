/** Two nodes cancel a task that a third is about to end, while a fourth client adds to it: there is one end, and answers agree with it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "@parley/a2a";
import type { Store } from "@parley/a2a/ports";
import type { Fault } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { endedOnce, journalOf } from "../rig/journal.js";
import { isTerminal } from "../rig/reader.js";
import { begin, sendRequest } from "../rig/requests.js";
import type { Scene } from "../rig/scene.js";
import { type Answer, call } from "../rig/wire.js";

const work = { lines: 6, pauseMillis: 10 };

export const cancel: Fault = {
  name: "cancel",
  promise: "cancel races",
  target: "10,000 races of cancel, end and append across nodes: one terminal state each",
  broken: ["cancels in any state"],
  async run(scene) {
    const races = scene.size(10_000, 500);
    const { truth, anyPort } = await startCluster(scene, { bus: "NATS" });
    const outcomes: RaceOutcome[] = [];
    let begun = 0;
    async function client(): Promise<void> {
      while (begun++ < races) {
        outcomes.push(await race(scene, truth, anyPort));
        if (outcomes.length % 1000 === 0) scene.say(`${outcomes.length} races`);
      }
    }
    await Promise.all(Array.from({ length: 16 }, client));
    const wrong = outcomes.flatMap((outcome) => outcome.wrong);
    const canceled = outcomes.filter(({ state }) => state === "TASK_STATE_CANCELED").length;
    const completed = outcomes.filter(({ state }) => state === "TASK_STATE_COMPLETED").length;
    const appended = outcomes.reduce((sum, outcome) => sum + outcome.appended, 0);
    if (Math.min(canceled, completed, appended) < races / 20) wrong.push("the races were not close");
    return { figures: { races, canceled, completed, "messages added": appended }, wrong };
  },
};

interface RaceOutcome {
  readonly state: string | undefined;
  readonly appended: number;
  readonly wrong: readonly string[];
}

async function race(scene: Scene, truth: Store, anyPort: () => number): Promise<RaceOutcome> {
  const id = await begin(anyPort(), work);
  const { message } = sendRequest(work);
  const more = { message: { ...message, taskId: id }, configuration: { returnImmediately: true } };
  const later = async (path: string, body: unknown) => {
    await sleep(scene.random.between(0, 90));
    return call(anyPort(), "POST", path, body);
  };
  const [first, second, added] = await Promise.all([
    later(`/tasks/${id}:cancel`, {}),
    later(`/tasks/${id}:cancel`, {}),
    later("/message:send", more),
  ]);
  const task = await ended(truth, id);
  const wrong = endedOnce(id, await journalOf(truth, id));
  const state = task?.status.state;
  const canceled = state === "TASK_STATE_CANCELED";
  const said = [first, second].map(verdictOf);
  if (said.some((verdict) => verdict === undefined))
    wrong.push(`${id}: a cancel was answered ${first.body} ${second.body}`);
  if (said.includes("canceled") !== canceled) wrong.push(`${id} is ${state}, and cancels were told ${said}`);
  const appended = added.status === 200;
  const kept = task?.history?.some(({ messageId }) => messageId === message.messageId) ?? false;
  if (appended !== kept)
    wrong.push(`${id}: a message was answered ${added.status} and ${kept ? "is" : "is not"} there`);
  return { state, appended: appended ? 1 : 0, wrong };
}

function verdictOf({ status, body }: Answer): "canceled" | "too late" | undefined {
  if (status === 200) return "canceled";
  return body.includes("TASK_NOT_CANCELABLE") ? "too late" : undefined;
}

async function ended({ journal }: Store, id: string): Promise<Task | undefined> {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(10)) {
    const snapshot = await journal.load(id);
    if (snapshot && isTerminal(snapshot.head.state)) return JSON.parse(snapshot.json) as Task;
  }
  return undefined;
}
