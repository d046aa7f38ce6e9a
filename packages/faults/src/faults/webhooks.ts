/** The sender of webhooks is killed again and again, and its receiver refuses half of them: all arrive, in order, or are dead letters. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@parley/a2a/ports";
import { postgres } from "@parley/a2a/postgres";
import { sqlite } from "@parley/a2a/sqlite";
import { freePort } from "@parley/servers";
import type { Fault, Outcome } from "../fault.js";
import { complete, journalOf } from "../rig/journal.js";
import { type Receiver, startReceiver } from "../rig/receiver.js";
import { begin } from "../rig/requests.js";
import type { Scene } from "../rig/scene.js";

const work = { lines: 12, pauseMillis: 5 };
/** The task, WORKING, its lines, COMPLETED. */
const eventsPerTask = work.lines + 3;
const clients = 8;

export const webhooksSqlite = webhooks(
  "SQLite",
  async (scene) => join(await scene.folder(), "tasks.db"),
  sqlite,
  ["forgets what is not sent yet", "forgets dead letters", "sends the newest first"],
);
export const webhooksPostgres = webhooks(
  "PostgreSQL",
  async (scene) => (await scene.postgres()).url,
  postgres,
  ["forgets what is not sent yet"],
);

function webhooks(
  title: string,
  place: (scene: Scene) => Promise<string>,
  open: (place: string) => Store,
  broken: readonly string[],
): Fault {
  return {
    name: `webhooks-${title.toLowerCase()}`,
    promise: `webhooks (${title})`,
    target:
      "10,000 events, half refused, sender killed 20 times: all delivered in order; a dead receiver's all dead letters",
    broken,
    async run(scene) {
      const store = await place(scene);
      const truth = () => open(store);
      const alive = await toTheLiving(scene, store, truth);
      const dead = await toTheDead(scene, store, truth);
      return {
        figures: { ...alive.figures, ...dead.figures },
        wrong: [...alive.wrong, ...dead.wrong],
      };
    },
  };
}

async function toTheLiving(scene: Scene, store: string, open: () => Store): Promise<Outcome> {
  const events = scene.size(10_000, 900);
  const kills = scene.size(20, 3);
  const receiver = await startReceiver(() => scene.random.next() < 0.5);
  scene.atEnd(() => receiver.close());
  const port = await freePort();
  const start = () =>
    scene.node({ name: "A", store, port, leaseMillis: 1000, schedule: Array(1000).fill(20) });
  const tasks: string[] = [];
  const configuration = { taskPushNotificationConfig: { id: "a", url: receiver.url, token: receiver.token } };
  let ending = false;
  async function client(): Promise<void> {
    while (!ending && tasks.length * eventsPerTask < events) {
      const id = await begin(port, work, configuration).catch(() => undefined);
      if (id !== undefined) tasks.push(id);
      await sleep(id === undefined ? 20 : 5);
    }
  }
  let node = await start();
  const all = Promise.all(Array.from({ length: clients }, client));
  const patience = scene.broken ? 5000 : 60_000;
  let longest = Date.now() + patience;
  for (let kill = 1; kill <= kills; kill++) {
    const enough = Math.min((kill * events) / (kills + 1), receiver.events + events / kills);
    while (receiver.events < enough && Date.now() < longest) await sleep(5);
    await node.kill();
    node = await start();
    longest = Date.now() + patience;
    if (kill % 5 === 0) scene.say(`${kill} kills, ${receiver.events} events received`);
  }
  await all;
  ending = true;
  const quiet = scene.broken ? 3000 : 40_000;
  const expected = tasks.length * eventsPerTask;
  // A task whose acknowledgement got lost sends its events as well: they count for no other.
  const arrived = () => tasks.reduce((sum, id) => sum + (receiver.accepted.get(id)?.length ?? 0), 0);
  for (let seen = -1, since = Date.now(); arrived() < expected; await sleep(50)) {
    if (receiver.events !== seen) since = Date.now();
    seen = receiver.events;
    if (Date.now() - since > quiet) break;
  }
  await node.kill();
  const wrong = await missing(tasks, receiver, open());
  if (receiver.wrong > 0) wrong.push(`${receiver.wrong} requests were no webhooks`);
  return {
    figures: {
      kills,
      refused: receiver.refused,
      events: expected,
      delivered: arrived(),
      "delivered again": receiver.again,
    },
    wrong,
  };
}

/** What did not arrive as the journal has it. */
async function missing(tasks: readonly string[], { accepted }: Receiver, truth: Store): Promise<string[]> {
  const wrong: string[] = [];
  await truth.open();
  try {
    for (const id of tasks) {
      const journal = await journalOf(truth, id);
      wrong.push(...complete(id, journal, work.lines));
      const arrived = accepted.get(id) ?? [];
      if (arrived.length !== journal.length)
        wrong.push(`${id}: ${arrived.length} of ${journal.length} events arrived`);
      else if (journal.some(({ data }, i) => !same(data, arrived[i] ?? "")))
        wrong.push(`${id}: events arrived out of order`);
    }
  } finally {
    await truth.close();
  }
  return wrong;
}

const same = (one: string, other: string): boolean => JSON.stringify(JSON.parse(one)) === other;

/** A receiver that nobody reaches: everything becomes a dead letter, also when the sender dies meanwhile. */
async function toTheDead(scene: Scene, store: string, open: () => Store): Promise<Outcome> {
  const count = scene.size(100, 20);
  const url = `http://127.0.0.1:${await freePort()}/`;
  const port = await freePort();
  const start = () =>
    scene.node({ name: "B", store, port, leaseMillis: 1000, drainMillis: 1000, schedule: [50, 50] });
  const configuration = { taskPushNotificationConfig: { id: "dead", url } };
  let node = await start();
  const tasks = await Promise.all(Array.from({ length: count }, () => begin(port, work, configuration)));
  await sleep(300);
  await node.kill();
  const until = Date.now() + (scene.broken ? 5000 : 60_000);
  let given: number[][];
  do {
    node = await start();
    await sleep(2000);
    // Who looks into a file has it alone.
    node.terminate();
    await node.gone();
    given = await deadLetters(tasks, open());
  } while (given.some((seqs) => seqs.length < eventsPerTask) && Date.now() < until);
  const wrong = tasks.flatMap((id, i) => {
    const seqs = given[i] ?? [];
    const all = seqs.length === eventsPerTask && seqs.every((seq, at) => seq === at + 1);
    return all ? [] : [`${id}: its dead letters are ${seqs}`];
  });
  return { figures: { "dead letters": given.flat().length, of: count * eventsPerTask }, wrong };
}

/** Their numbers, by task. */
async function deadLetters(tasks: readonly string[], truth: Store): Promise<number[][]> {
  await truth.open();
  try {
    const letters: number[][] = [];
    for (const id of tasks)
      letters.push((await truth.outbox.deadLetters(id, "dead", 1000, 0)).map(({ seq }) => seq));
    return letters;
  } finally {
    await truth.close();
  }
}
