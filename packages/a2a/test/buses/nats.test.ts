import { connect } from "@nats-io/transport-node";
import { type RealServer, startNats } from "@parley/servers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { addressOf } from "../../src/buses/nats/address.js";
import { natsBus } from "../../src/buses/nats/index.js";
import { awayContract } from "./away-contract.js";
import { busContract, expectApart } from "./contract.js";

describeWith("nats", "NATS", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server?.remove());

  busContract("NATS", () => natsBus(server.url));

  it("keeps namespaces apart", () => expectApart((namespace) => natsBus(server.url, { namespace })));

  it("is let in with what the URL says, and only so", async () => {
    const guarded = await startNats(["--user", "parley", "--pass", "s3cret@"]);
    onTestFinished(guarded.remove);
    const at = (user: string) => natsBus(guarded.url.replace("//", `//${user}`));
    const bus = at("parley:s3cret%40@");
    await bus.open(() => {});
    await bus.ping();
    await bus.close();
    for (const user of ["", "parley:other@"]) {
      await expect((async () => at(user).open(() => {}))()).rejects.toThrow(/Authorization/i);
    }
  });

  awayContract("NATS", {
    start: () => startNats(),
    create: natsBus,
    async tellGarbage(url, taskId) {
      const nats = await connect({ servers: url });
      for (const text of ["", "hello", "-1", "1 1", "9".repeat(40), new Uint8Array([0xff])])
        nats.publish(`parley.default.task.${taskId}`, text);
      await nats.flush();
      await nats.close();
    },
  });
});

describe("the address of NATS", () => {
  it("names servers and how to be let in", () => {
    expect(addressOf("nats://localhost")).toEqual({ servers: ["localhost:4222"] });
    expect(addressOf("nats://a:1,nats://b:2")).toEqual({ servers: ["a:1", "b:2"] });
    expect(addressOf("tls://u%40:p%3A@a")).toEqual({ servers: ["a:4222"], user: "u@", pass: "p:", tls: {} });
    expect(addressOf("nats://s3cret@a")).toEqual({ servers: ["a:4222"], token: "s3cret" });
  });

  it.each(["", "localhost:4222", "http://u:s3cret@a", "nats://u:s3cret@"])("is not %j", (text) => {
    expect(() => addressOf(text)).toThrow(/^(?!.*s3cret).*Not a URL of NATS/);
    expect(() => natsBus(text)).toThrow(TypeError);
  });

  it("has namespaces of letters only", () => {
    expect(() => natsBus("nats://a", { namespace: "a.b" })).toThrow(TypeError);
  });
});
