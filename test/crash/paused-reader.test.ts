/** A reader that stops reading costs only itself its connection, and nobody an event. */
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ServerProcess } from "./server-process.js";
import { type SentEvent, Wire } from "./wire.js";

const folder = mkdtempSync(join(tmpdir(), "parley-paused-"));
const server = new ServerProcess(join(folder, "tasks.db"), 0);
afterAll(async () => {
  await server.kill();
  rmSync(folder, { recursive: true });
});

const chunks = 4_096;
const chunkSize = 16 * 1_024;

const sending = (text: string) => ({
  message: { messageId: text, role: "ROLE_USER", parts: [{ text }] },
});

/** Posts a streaming send and gives the response unread. */
function open(url: string, text: string): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json", "a2a-version": "1.0" };
  return new Promise((resolve, reject) => {
    request(`${url}/message:stream`, { method: "POST", headers, agent: false }, resolve)
      .on("error", reject)
      .end(JSON.stringify(sending(text)));
  });
}

/** Whole events of a response until it breaks off. @throws Error when it does not */
async function untilCut(response: IncomingMessage): Promise<SentEvent[]> {
  let text = "";
  const cut = await (async () => {
    for await (const piece of response.setEncoding("utf8")) text += piece;
  })().then(
    () => undefined,
    (error: Error) => error,
  );
  if (cut === undefined) throw new Error("The reader was not disconnected");
  const whole = text.slice(0, text.lastIndexOf("\n\n"));
  return [...whole.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, id, data]) => ({
    id: Number(id),
    data: data as string,
  }));
}

test("is disconnected, disturbs nobody, and goes on where it was", { timeout: 60_000 }, async () => {
  const url = await server.ready();
  const wire = new Wire(url);
  const paused = await open(url, `flood ${chunks} ${chunkSize}`);
  const page = JSON.parse(await wire.call("GET", "/tasks?pageSize=1")) as { tasks: { id: string }[] };
  const taskId = page.tasks[0]?.id as string;

  let flooding = true;
  const bystander = (async () => {
    let echoes = 0;
    for (; flooding; echoes++) {
      const answer = await wire.call("POST", "/message:send", sending(`echo ${echoes}`));
      expect(answer).toContain(`"text":"echo ${echoes}"`);
    }
    return echoes;
  })();
  const reader = await wire.journal(taskId);
  flooding = false;
  expect(await bystander).toBeGreaterThan(10);
  expect(reader.map(({ id }) => id)).toEqual(Array.from({ length: chunks + 3 }, (_, i) => i + 1));

  const events = await untilCut(paused);
  expect(events.length).toBeLessThan(chunks);
  await wire.stream(`/tasks/${taskId}:subscribe`, {}, (event) => events.push(event), events.at(-1)?.id);
  expect(events.map(({ id }) => id)).toEqual(reader.map(({ id }) => id));
  expect(events.every(({ data }, i) => data === reader[i]?.data)).toBe(true);
});
