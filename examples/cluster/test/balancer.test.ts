import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Balancer, startBalancer } from "../src/balancer.js";

describe("the load balancer", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const it of open.splice(0)) await it.close();
  });
  const node = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push(server);
    return server;
  };
  const before = async (...nodes: Server[]): Promise<Balancer> => {
    const balancer = await startBalancer(0);
    open.unshift(balancer);
    for (const server of nodes) balancer.add(portOf(server));
    return balancer;
  };
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const named = (name: string) =>
    node(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.writeHead(201, { "x-node": name }).end(`${name} ${request.method} ${request.url} ${body}`);
    });

  it("gives requests to the nodes in turn, as they are", async () => {
    const { url } = await before(await named("A"), await named("B"));
    const answers = [];
    for (let i = 0; i < 4; i++) {
      const answer = await fetch(`${url}/tasks?n=${i}`, { method: "POST", body: "hello" });
      answers.push(`${answer.status} ${answer.headers.get("x-node")}: ${await answer.text()}`);
    }
    expect(answers).toEqual([
      "201 A: A POST /tasks?n=0 hello",
      "201 B: B POST /tasks?n=1 hello",
      "201 A: A POST /tasks?n=2 hello",
      "201 B: B POST /tasks?n=3 hello",
    ]);
  });

  it("passes over a node that cannot be reached, and says so when none can", async () => {
    const [alive, dead] = [await named("A"), await named("B")];
    const balancer = await before(dead, alive);
    dead.close();
    await once(dead, "close");
    for (let i = 0; i < 3; i++) expect(await (await fetch(balancer.url)).text()).toMatch(/^A/);
    alive.closeAllConnections();
    alive.close();
    await once(alive, "close");
    expect((await fetch(balancer.url)).status).toBe(503);
  });

  it("cuts the answer of a node that dies in the middle, and not before", async () => {
    const dying = await node((_, response) => void response.write("first"));
    const balancer = await before(dying);
    const answer = await fetch(balancer.url);
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
    expect(balancer.open(portOf(dying))).toBe(1);
    dying.closeAllConnections();
    await expect(reader?.read()).rejects.toThrow();
    await vi.waitFor(() => expect(balancer.open(portOf(dying))).toBe(0));
  });

  it("tells the node when the client leaves", async () => {
    let left: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    const { url } = await before(
      await node((_, response) => {
        response.on("close", () => left?.());
        response.write("first");
      }),
    );
    const leaving = new AbortController();
    const answer = await fetch(url, { signal: leaving.signal });
    await answer.body?.getReader().read();
    leaving.abort();
    await gone;
  });
});
