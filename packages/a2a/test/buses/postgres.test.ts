import { type RealServer, startPostgres } from "@parley/servers";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { postgresBus } from "../../src/buses/postgres/index.js";
import { decode, encode } from "../../src/buses/postgres/payload.js";
import { awayContract } from "./away-contract.js";
import { busContract, expectApart, settled } from "./contract.js";
import { openNode } from "./node.js";

describeWith("postgres", "PostgreSQL", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server?.remove());

  busContract("PostgreSQL", () => postgresBus(server.url));

  it("keeps buses of different schemas apart", () =>
    expectApart((schema) => postgresBus(server.url, { schema })));

  it("goes on when the database refuses to take news, and says so", async () => {
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await admin.query("CREATE ROLE weak LOGIN; REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM PUBLIC");
    await admin.end();
    const url = server.url.replace("postgres@", "weak@");
    const [weak, strong] = [await openNode(postgresBus(url)), await openNode(postgresBus(server.url))];
    weak.bus.tell([{ taskId: "t1", seq: 1 }]);
    await weak.untilSaid("did not take news");
    weak.bus.follow("t1");
    await settled(strong, [weak]);
    await weak.bus.ping();
    for (const { bus } of [weak, strong]) await bus.close();
  });

  awayContract("PostgreSQL", {
    start: () => startPostgres({ fsync: false }),
    create: postgresBus,
    async tellGarbage(url) {
      const client = new Client({ connectionString: url });
      await client.connect();
      for (const text of [
        "",
        "hello",
        "x\nt1 -1",
        "x\nt1 9 9",
        "x\nt1 9\n?",
        "x\nt1 1e99",
        `x\nt1 ${"9".repeat(40)}`,
      ])
        await client.query("SELECT pg_notify('parley.news', $1)", [text]);
      await client.end();
    },
  });
});

describe("the payload of notifications", () => {
  it("holds all news, each payload less than PostgreSQL's limit", () => {
    const news = Array.from({ length: 2000 }, (_, i) => ({
      taskId: `${crypto.randomUUID()}${i}`,
      seq: 2 ** 40 + i,
    }));
    const payloads = encode(crypto.randomUUID(), news);
    expect(payloads.every((payload) => payload.length < 8000)).toBe(true);
    expect(payloads.length).toBeLessThan(20);
    expect(payloads.flatMap((payload) => decode(payload) ?? [])).toEqual(
      news.map(({ taskId, seq }) => [taskId, seq]),
    );
  });

  it("is refused when the schema's name leaves no room for the channel's", () => {
    expect(() => postgresBus("postgres://localhost", { schema: "s".repeat(60) })).toThrow(TypeError);
  });
});
