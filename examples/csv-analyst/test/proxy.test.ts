/** Where everything has to go out through a proxy, CSVs do too. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@parley/a2a/node";
import { expect, it, onTestFinished, vi } from "vitest";
import { Caller } from "./server.js";

const csv = "city,sales\nOslo,3\nRome,4\n";

it("fetches a CSV through the proxy that the environment names", async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on("connect", ({ url }, socket) => {
    asked.push(url);
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.once("data", () =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${csv.length}\r\nConnection: close\r\n\r\n${csv}`),
    );
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  onTestFinished(() => void proxy.close());
  vi.stubEnv("PARLEY_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());

  // It reads the environment when it is loaded.
  const { agent } = await import("../src/agent.js");
  await using serving = await serve(agent, { port: 0 });
  const task = await new Caller(serving.url).send("Analyze http://data.example/sales.csv");
  expect(asked).toEqual(["data.example:80"]);
  expect(task.artifacts?.map(({ artifactId }) => artifactId)).toContain("report");
});
