/** ListTasks with many tasks against few: the first page, a deep one, and the page of one context. */
import type { RunningAgent } from "../harness/running-agent.js";
import { drive, echoWork, measure, once } from "../load/drive.js";
import { expect, type ListShape, rpc } from "../load/wire.js";
import type { Endpoints } from "../servers/contract.js";
import type { Metric, ServerRow } from "./row.js";

const pageSize = 50;
const perContext = 10;
export const pages = ["first", "deep", "context"] as const;
export type Page = (typeof pages)[number];

/** Puts a few tasks into each context. */
export const contextOf = (index: number) => `context-${Math.floor(index / perContext)}`;

export interface Query {
  readonly params: object;
  readonly expected: number;
  readonly totalSize: number;
}

export function checkPage(result: unknown, { expected, totalSize }: Query): void {
  const { tasks, nextPageToken, totalSize: total } = result as ListShape;
  expect(tasks?.length === expected, `expected ${expected} tasks`, tasks?.length);
  expect(total === totalSize, `expected totalSize ${totalSize}`, total);
  expect(typeof nextPageToken === "string", "expected a nextPageToken", result);
}

async function list(at: Endpoints, query: Query): Promise<ListShape> {
  const result = await once(at.jsonrpc, rpc(at, "ListTasks", query.params));
  checkPage(result, query);
  return result as ListShape;
}

/** Follows page tokens to the last page but one. */
async function deepToken(at: Endpoints, total: number): Promise<string> {
  let token = "";
  for (let page = 0; page < total / pageSize - 2; page++) {
    const params = { pageSize, ...(token ? { pageToken: token } : {}) };
    token = (await list(at, { params, expected: pageSize, totalSize: total })).nextPageToken!;
  }
  return token;
}

/** What asks for each page when there are `total` tasks. */
export async function queriesOf(at: Endpoints, total: number): Promise<Record<Page, Query>> {
  const pageToken = await deepToken(at, total);
  return {
    first: { params: { pageSize }, expected: pageSize, totalSize: total },
    deep: { params: { pageSize, pageToken }, expected: pageSize, totalSize: total },
    context: {
      params: { pageSize, contextId: contextOf(0) },
      expected: perContext,
      totalSize: perContext,
    },
  };
}

async function cpuByPage(agent: RunningAgent, total: number, requests: number, warmUp: number) {
  const at = agent.endpoints;
  const queries = await queriesOf(at, total);
  // Code that is still being compiled while there are few tasks would make many look cheap.
  const cost = async (page: Page) => {
    const query = queries[page];
    const work = {
      request: () => rpc(at, "ListTasks", query.params),
      check: (result: unknown) => checkPage(result, query),
    };
    await drive(at.jsonrpc, work, warmUp, 1);
    return (await measure(agent, work, requests, 1)).cpuMicrosPerOp;
  };
  return { first: await cost("first"), deep: await cost("deep"), context: await cost("context") };
}

export function growthOf(page: Page, atMost: number): Metric {
  const title = `${page === "context" ? "by-context" : page} page, many over few`;
  return { id: page, title, unit: "x", targets: [{ bound: "at most", value: atMost }] };
}

export const listTasks: ServerRow = {
  kind: "server",
  id: "list-tasks",
  title: "ListTasks with 50,000 tasks against 1,000, server CPU",
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "floor"],
  metrics: [
    ...pages.map((page) => growthOf(page, 2)),
    { id: "cpu", title: "first page with many", unit: "us", targets: [] },
  ],
  rounds: 3,
  fresh: true,
  async warmUp() {},
  async measure(agent, scale) {
    const few = scale.of(1_000, 200);
    const many = scale.of(50_000, 400);
    const requests = scale.of(200, 5);
    const at = agent.endpoints;
    await drive(at.jsonrpc, echoWork(at, "jsonrpc", contextOf), few, 16);
    const before = await cpuByPage(agent, few, requests, 10 * requests);
    const rest = echoWork(at, "jsonrpc", (index) => contextOf(few + index));
    await drive(at.jsonrpc, rest, many - few, 16);
    const after = await cpuByPage(agent, many, requests, requests);
    return {
      first: after.first / before.first,
      deep: after.deep / before.deep,
      context: after.context / before.context,
      cpu: after.first,
    };
  },
};
