/** What a bus must do that goes over a server of its own: the server goes away, and comes back. */
import { type CuttableProxy, type RealServer, startProxy } from "@parley/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Bus } from "../../src/ports/index.js";
import { settled } from "./contract.js";
import { type Node, openNode } from "./node.js";

export interface AwayOptions {
  readonly start: () => Promise<RealServer>;
  /** A bus over the server at this URL. */
  readonly create: (url: string, options?: { readonly timeoutMillis?: number }) => Bus;
  /** Tells something that is no news where this task's news are told. */
  readonly tellGarbage: (url: string, taskId: string) => Promise<void>;
}

export function awayContract(name: string, { start, create, tellGarbage }: AwayOptions): void {
  describe(`${name}: a bus whose server goes away`, () => {
    let server: RealServer;
    let proxy: CuttableProxy;
    const nodes: Node[] = [];
    beforeAll(async () => {
      server = await start();
      proxy = await startProxy(server.port);
    });
    afterAll(async () => {
      await proxy?.close();
      await server?.remove();
    });
    afterEach(async () => {
      for (const { bus } of nodes.splice(0)) await bus.close();
    });
    const join = async (url: string, timeoutMillis?: number) => {
      const node = await openNode(create(url, { timeoutMillis }));
      nodes.push(node);
      return node;
    };
    const throughProxy = () => {
      const url = new URL(server.url);
      url.port = String(proxy.port);
      return url.href;
    };
    const down = async ({ bus }: Node) => {
      for (;;) {
        try {
          await bus.ping();
        } catch {
          return;
        }
      }
    };
    const up = async ({ bus }: Node) => {
      for (;;) {
        try {
          return await bus.ping();
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };

    it("comes back after the server was killed, having kept no more than it has room for", async () => {
      const [teller, hearer] = [await join(server.url), await join(server.url)];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      await server.stop("SIGKILL");
      await Promise.all([down(teller), down(hearer)]);
      for (let seq = 1; seq <= 1000; seq++) teller.bus.tell([{ taskId: "t1", seq }]);
      teller.bus.tell(Array.from({ length: 150_000 }, (_, i) => ({ taskId: `lost-${i}`, seq: 1 })));
      hearer.bus.follow("t2");
      hearer.bus.unfollow("t3");
      await server.start();
      await Promise.all([up(teller), up(hearer)]);
      await settled(teller, [hearer]);
      await settled(hearer, [teller]);
      teller.bus.tell([{ taskId: "t2", seq: 5 }]);
      await hearer.until("t2", 5);
      expect([teller.missed, hearer.missed]).toEqual([1, 1]);
      expect(teller.said.filter((message) => message.includes("too much waits"))).toHaveLength(1);
      expect(teller.said.filter((message) => message.includes("lost its connection"))).toHaveLength(1);
    });

    it("comes back after its connection was cut, and says that it may have missed something", async () => {
      const [teller, hearer] = [await join(server.url), await join(throughProxy())];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      proxy.cut();
      await hearer.untilMissed();
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: "t1", seq: 2 }]);
      await hearer.until("t1", 2);
      expect(teller.missed).toBe(0);
    });

    it("tells, after its connection was cut, what it was told meanwhile", async () => {
      const [teller, hearer] = [await join(throughProxy()), await join(server.url)];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      proxy.cut();
      await down(teller);
      teller.bus.tell([{ taskId: "t1", seq: 9 }]);
      await hearer.until("t1", 9);
    });

    it("notices that nothing comes any more over its connection, and makes another", async () => {
      const [teller, hearer] = [await join(server.url), await join(throughProxy(), 200)];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      proxy.freeze();
      await hearer.untilSaid("lost its connection");
      await expect((async () => hearer.bus.ping())()).rejects.toThrow(/cannot be reached/);
      teller.bus.tell([{ taskId: "t1", seq: 1 }]);
      expect(hearer.missed).toBe(0);
      proxy.thaw();
      await hearer.untilMissed();
      await settled(teller, [hearer]);
      expect(hearer.heard.has("t1")).toBe(false);
    });

    it("tells again what was on its way when its connection died", async () => {
      const [teller, hearer] = [await join(throughProxy(), 200), await join(server.url)];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      proxy.freeze();
      teller.bus.tell([{ taskId: "t1", seq: 8 }]);
      await teller.untilSaid("lost its connection");
      proxy.thaw();
      await hearer.until("t1", 8);
    });

    it("closes soon while the server is away or says nothing", async () => {
      const frozen = await join(throughProxy());
      await settled(frozen, [await join(server.url)]);
      proxy.freeze();
      frozen.bus.tell([{ taskId: "t1", seq: 1 }]);
      await frozen.bus.close();
      proxy.thaw();
      const away = await join(server.url);
      await server.stop();
      away.bus.tell([{ taskId: "t1", seq: 1 }]);
      await away.bus.close();
      await server.start();
    });

    it("does not open while the server is away, and opens when it is back", async () => {
      const heard: string[] = [];
      const bus = create(server.url);
      await server.stop();
      await expect((async () => bus.open(() => {}))()).rejects.toThrow(/^The bus cannot use .*refused/i);
      bus.tell([{ taskId: "t1", seq: 1 }]);
      await server.start();
      await bus.open((news) => heard.push(...news.map(({ taskId }) => taskId)));
      await bus.ping();
      await bus.close();
    });

    it("ignores what is no news, and says so once", async () => {
      const [teller, hearer] = [await join(server.url), await join(server.url)];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      for (let i = 0; i < 3; i++) await tellGarbage(server.url, "t1");
      teller.bus.tell([{ taskId: "t1", seq: 2 }]);
      await hearer.until("t1", 2);
      expect(hearer.heard.get("t1")).toBe(2);
      expect(hearer.said.filter((message) => message.includes("Something else"))).toHaveLength(1);
    });
  });
}
