/** What the specification asks of clients (spec 7.6.2, 8.3.2), ours against our server. */
import { describe, expect, it } from "vitest";
import { connect, memoryCardCache } from "../../src/client/index.js";
import { artifact, authRequired } from "../../src/index.js";
import { bindings, gate, online, told } from "./rig.js";

describe.each(bindings)("over %s", (binding) => {
  it("a task that waits for an authorization is followed by stream, subscription and polling alike", async () => {
    const { opened, open } = gate();
    await using server = await online(async function* () {
      yield authRequired("Log in");
      await opened;
      yield artifact("a", "x");
    });
    const client = await connect(server.url, { bindings: [binding], cardCache: memoryCardCache() });
    const stream = client.sendStreamingMessage("go");
    const id = (await stream.next()).value?.task?.id as string;
    expect(told((await stream.next()).value ?? undefined)).toBe("TASK_STATE_AUTH_REQUIRED");
    const subscription = client.subscribeToTask({ id });
    expect(told((await subscription.next()).value ?? undefined)).toBe("TASK_STATE_AUTH_REQUIRED");
    expect((await client.getTask({ id })).status.state).toBe("TASK_STATE_AUTH_REQUIRED");
    open();
    for (const events of [stream, subscription]) {
      const states: (string | undefined)[] = [];
      for await (const event of events) states.push(told(event));
      expect(states).toEqual(["artifactUpdate", "TASK_STATE_COMPLETED"]);
    }
    expect((await client.getTask({ id })).status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("refers to other tasks and contexts by the ids the server made", async () => {
    await using server = await online({
      async *execute({ message }, { contextId }) {
        yield artifact("ids", [{ data: [contextId, ...(message.referenceTaskIds ?? [])] }]);
      },
    });
    const client = await connect(server.url, { bindings: [binding], cardCache: memoryCardCache() });
    const { task: first } = await client.sendMessage("first");
    expect(first?.contextId).toMatch(/./);
    const { task: second } = await client.sendMessage({
      messageId: "m",
      role: "ROLE_USER",
      contextId: first?.contextId as string,
      referenceTaskIds: [first?.id as string],
      parts: [{ text: "second" }],
    });
    expect(second?.artifacts?.[0]?.parts[0]?.data).toEqual([first?.contextId, first?.id]);
  });
});
