/** How long ListTasks takes on PostgreSQL with a million tasks, against a thousand. */
import { RunningAgent } from "../harness/running-agent.js";
import { median } from "../harness/verdict.js";
import { drive, echoWork, once } from "../load/drive.js";
import { multiplyTasks } from "../load/postgres-fill.js";
import { rpc } from "../load/wire.js";
import { checkPage, contextOf, growthOf, type Page, pages, queriesOf } from "./list-tasks.js";
import type { SpawningRow } from "./row.js";

const few = 1_000;

async function waits(agent: RunningAgent, total: number, requests: number): Promise<Record<Page, number>> {
  const at = agent.endpoints;
  const queries = await queriesOf(at, total);
  const p50 = async (page: Page) => {
    const query = queries[page];
    const times: number[] = [];
    for (let n = 0; n < requests; n++) {
      const call = rpc(at, "ListTasks", query.params);
      const begin = performance.now();
      const result = await once(at.jsonrpc, call);
      times.push(performance.now() - begin);
      checkPage(result, query);
    }
    return median(times);
  };
  return { first: await p50("first"), deep: await p50("deep"), context: await p50("context") };
}

export const listPostgres: SpawningRow = {
  kind: "spawning",
  id: "list-postgres",
  title: "ListTasks on PostgreSQL with 1,000,000 tasks against 1,000, p50",
  agents: ["parley-postgres"],
  metrics: [
    ...pages.map((page) => growthOf(page, 3)),
    { id: "wait", title: "first page with many", unit: "ms", targets: [] },
  ],
  rounds: 1,
  onDemand: true,
  async measure(spec, scale, around) {
    const database = await around.database();
    const agent = await RunningAgent.start(spec, around, database);
    try {
      const at = agent.endpoints;
      await drive(at.jsonrpc, echoWork(at, "jsonrpc", contextOf), few, 16);
      const requests = scale.of(500, 50);
      // Code that is still being compiled while there are few tasks would make many look cheap.
      await waits(agent, few, requests);
      const before = await waits(agent, few, requests);
      const times = scale.of(1_000, 3);
      await multiplyTasks(database, times);
      const after = await waits(agent, few * times, requests);
      return {
        first: after.first / before.first,
        deep: after.deep / before.deep,
        context: after.context / before.context,
        wait: after.first,
      };
    } finally {
      await agent.stop();
    }
  },
};
