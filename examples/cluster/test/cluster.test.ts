import { describe, expect, it } from "vitest";
import { describeWith } from "../../../test/with-server.js";
import { runCluster } from "../src/cluster.js";

const small = { port: 0, clients: 6, lines: 20, pauseMillis: 100, leaseMillis: 1000 };

describeWith("postgres", "npm run cluster", () => {
  describe("over the database", () => demonstration(false));
  describeWith("nats", "over NATS", () => demonstration(true));

  it("stops everything when it is interrupted", async () => {
    const interrupted = new AbortController();
    const said: string[] = [];
    const print = (line: string) => {
      said.push(line);
      if (line.includes("lines")) interrupted.abort(new Error("Interrupted"));
    };
    const running = runCluster({ ...small, nats: false, print, signal: interrupted.signal });
    await expect(running).rejects.toThrow("Interrupted");
    const pids = said.flatMap((line) => /pid (\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(pids).toHaveLength(4);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  }, 60_000);
});

function demonstration(nats: boolean): void {
  it("kills a node, and every report is finished all the same", async () => {
    const said: string[] = [];
    const print = (line: string) => void said.push(line);
    const fine = await runCluster({ ...small, nats, print, signal: new AbortController().signal });
    const story = said.join("\n");
    expect(fine, story).toBe(true);
    expect(story).toMatch(/kill -9 \d+: node B is dead/);
    expect(story).toMatch(/Node [AC] goes on with \d reports of node B/);
    expect(story).toContain("6 of 6 reports are complete");
    expect(story).toMatch(/[1-6] of them were begun on one node and finished on another/);
    expect(story).toContain("6 of 6 bills were sent exactly once");
  }, 60_000);
}
