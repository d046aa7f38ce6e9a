/** Misbehaving agents and callers that come at the worst moment. */
import { describe, expect, it } from "vitest";
import { artifact, authRequired, inputRequired, working } from "../../src/agent/index.js";
import { reasonOf, rig } from "./rig.js";

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe("one live record per task", () => {
  it("a stream that waits for an authorization gets what follows, though the run has returned", async () => {
    let turns = 0;
    const { stream, send } = await rig(async function* () {
      if (turns++ === 0) return authRequired("log in");
      yield artifact("a", "done");
    });
    const first = await stream("go");
    await first.count(2);
    const id = first.parsed[0]?.task?.id as string;
    await send("did it", { taskId: id });
    expect(await first.done).toBe("end");
    expect(first.parsed.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("a refused call beside a message does not let a second executor start", async () => {
    let running = 0;
    let most = 0;
    let release = () => {};
    const { send, subscribe, get } = await rig(async function* (request) {
      if (request.text === "go") return inputRequired("?");
      most = Math.max(most, ++running);
      yield working("on it");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      running--;
    });
    const { id } = await send("go");
    const [refused] = await Promise.all([
      reasonOf(subscribe(id, 99)),
      send("one", { taskId: id }, { returnImmediately: true }),
    ]);
    expect(refused).toBe("INVALID_PARAMS");
    await send("two", { taskId: id }, { returnImmediately: true });
    await tick();
    expect(most).toBe(1);
    release();
    await tick();
    expect((await get(id)).history?.map(({ parts }) => parts[0]?.text)).toContain("two");
  });
});

describe("agents that misbehave", () => {
  const bad: [string, unknown][] = [
    ["a promise of nothing", () => Promise.resolve()],
    ["nothing", () => undefined],
    ["a list", () => [working("x")]],
    ["an iterator without return", () => ({ next: () => Promise.resolve({ done: false, value: {} }) })],
    [
      "an iterator whose return throws",
      () => ({
        next: () => Promise.resolve({ done: false, value: 7 }),
        return() {
          throw new Error("no");
        },
      }),
    ],
    [
      "a throw",
      () => {
        throw null;
      },
    ],
  ];
  it.each(bad)("execute gives %s: the task fails", async (_, execute) => {
    const { send, engine } = await rig(execute as never);
    expect((await send("go")).status.state).toBe("TASK_STATE_FAILED");
    expect((await send("go")).status.state).toBe("TASK_STATE_FAILED");
    await engine.close();
  });

  it("one that cannot be closed does not keep the engine open", async () => {
    const { send, engine } = await rig((() => ({
      next: () => new Promise(() => {}),
      return() {
        throw new Error("no");
      },
    })) as never);
    await send("go", {}, { returnImmediately: true });
    await engine.close();
  });

  it("one that changes what it has yielded changes nothing that was recorded", async () => {
    const { stream, get } = await rig(async function* () {
      const event = artifact("a", "first");
      yield event;
      const said = event.artifact.parts[0] as { text: string };
      said.text = "second";
      event.artifact.artifactId = "b";
      yield event;
      said.text = "third";
    });
    const reader = await stream("go");
    await reader.done;
    const shown = reader.parsed.flatMap(({ artifactUpdate }) => artifactUpdate?.artifact ?? []);
    expect(shown.map(({ artifactId, parts }) => [artifactId, parts[0]?.text])).toEqual([
      ["a", "first"],
      ["b", "second"],
    ]);
    expect((await get(reader.parsed[0]?.task?.id as string)).artifacts).toEqual(shown);
  });

  it("one that asks for a message it never awaits harms nobody", async () => {
    const { send } = await rig(async function* (_, context) {
      void context.nextMessage();
      yield working();
    });
    expect((await send("go")).status.state).toBe("TASK_STATE_COMPLETED");
    await tick();
  });

  it("several waits for a message get one each, and reject once the task has ended", async () => {
    const said: string[] = [];
    const { send, stream } = await rig(async function* (_, context) {
      yield working();
      const both = [context.nextMessage(), context.nextMessage()];
      for (const message of await Promise.all(both)) said.push(message.parts[0]?.text ?? "");
      yield artifact("a", "x");
      setTimeout(() => context.nextMessage().catch(() => said.push("rejected")), 1);
    });
    const first = await stream("go");
    await first.count(2);
    const taskId = first.parsed[0]?.task?.id as string;
    await send("1", { taskId }, { returnImmediately: true });
    await send("2", { taskId }, { returnImmediately: true });
    await first.done;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said).toEqual(["1", "2", "rejected"]);
  });
});
