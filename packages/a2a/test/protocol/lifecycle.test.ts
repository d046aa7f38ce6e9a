import { describe, expect, it } from "vitest";
import {
  type A2AError,
  applyEvent,
  isSettled,
  isTerminal,
  type Message,
  type StreamResponse,
  states,
  type Task,
  type TaskState,
} from "../../src/protocol/index.js";

const message = (messageId: string, role: Message["role"] = "ROLE_USER"): Message => ({
  messageId,
  role,
  parts: [{ text: messageId }],
});
const created = (): StreamResponse => ({
  task: {
    id: "t",
    contextId: "c",
    status: { state: "TASK_STATE_SUBMITTED" },
    history: [message("u1")],
  },
});
const status = (state: TaskState, said?: Message): StreamResponse => ({
  statusUpdate: { taskId: "t", contextId: "c", status: { state, ...(said && { message: said }) } },
});
const chunk = (text: string, append = true, artifactId = "a"): StreamResponse => ({
  artifactUpdate: { taskId: "t", contextId: "c", artifact: { artifactId, parts: [{ text }] }, append },
});
const fold = (...events: StreamResponse[]): Task => {
  let task: Task | undefined;
  for (const event of events) task = applyEvent(task, event);
  return task as Task;
};

describe("states", () => {
  const all = Object.keys(states) as TaskState[];

  it("are the eight of the specification, four of them terminal, two interrupted (4.1.3)", () => {
    expect(all).toHaveLength(8);
    expect(all.filter(isTerminal)).toEqual([
      "TASK_STATE_COMPLETED",
      "TASK_STATE_FAILED",
      "TASK_STATE_CANCELED",
      "TASK_STATE_REJECTED",
    ]);
    expect(all.filter((state) => isSettled(state) && !isTerminal(state))).toEqual([
      "TASK_STATE_INPUT_REQUIRED",
      "TASK_STATE_AUTH_REQUIRED",
    ]);
  });

  it.each(all.filter(isTerminal))("%s is never left, not even for itself", (end) => {
    for (const next of all) {
      expect(() => fold(created(), status(end), status(next))).toThrow(/cannot move from/);
    }
    expect(() => fold(created(), status(end), chunk("x", false))).toThrow(/ended task/);
  });

  it.each(all.filter((state) => !isTerminal(state)))(
    "%s may be stated again, and followed by all but SUBMITTED",
    (from) => {
      for (const next of all) {
        const events = [created(), status(from), status(next)];
        if (next === "TASK_STATE_SUBMITTED" && from !== next)
          expect(() => fold(...events)).toThrow(/cannot move/);
        else expect(fold(...events).status.state).toBe(next);
      }
    },
  );
});

describe("applyEvent", () => {
  it("needs the Task first, once", () => {
    expect(() => fold(status("TASK_STATE_WORKING"))).toThrow(/first event/);
    expect(() => fold(created(), created())).toThrow(/created once/);
  });

  it.each(["taskId", "contextId"])("refuses events of another %s, naming it", (field) => {
    const foreign = { taskId: "t", contextId: "c", [field]: "x" };
    const artifact = { artifactId: "a", parts: [{ text: "x" }] };
    for (const event of [
      { statusUpdate: { ...foreign, status: { state: "TASK_STATE_WORKING" } } },
      { artifactUpdate: { ...foreign, artifact } },
    ] satisfies StreamResponse[]) {
      try {
        fold(created(), event);
        expect.unreachable();
      } catch (error) {
        expect((error as A2AError).reason).toBe("INVALID_AGENT_RESPONSE");
        expect((error as A2AError).message).toContain(field);
      }
    }
  });

  it("keeps the conversation in order: question, then answer, in the history", () => {
    let task = fold(created(), status("TASK_STATE_INPUT_REQUIRED", message("q", "ROLE_AGENT")));
    task = applyEvent(task, status("TASK_STATE_WORKING"), message("u2"));
    expect(task.history?.map((m) => m.messageId)).toEqual(["u1", "q", "u2"]);
    expect(task.status.message).toBeUndefined();
  });

  it("does not repeat a status message that is stated again", () => {
    const said = message("q", "ROLE_AGENT");
    const task = fold(
      created(),
      status("TASK_STATE_AUTH_REQUIRED", said),
      status("TASK_STATE_AUTH_REQUIRED", said),
    );
    expect(task.history?.map((m) => m.messageId)).toEqual(["u1"]);
  });

  it("replaces an artifact of the same id, and appends when told", () => {
    expect(fold(created(), chunk("a", false), chunk("b", false)).artifacts).toEqual([
      { artifactId: "a", parts: [{ text: "b" }] },
    ]);
    expect(fold(created(), chunk("a", false), chunk("b")).artifacts?.[0]?.parts).toEqual([{ text: "ab" }]);
    expect(() => fold(created(), chunk("a"))).toThrow(/does not exist/);
  });

  it("adds metadata to what the task has", () => {
    const ids = { taskId: "t", contextId: "c" };
    const state = { state: "TASK_STATE_WORKING" } as const;
    const task = fold(
      created(),
      { statusUpdate: { ...ids, status: state, metadata: { a: 1, b: 1 } } },
      { statusUpdate: { ...ids, status: state, metadata: { b: 2 } } },
      { statusUpdate: { ...ids, status: state } },
    );
    expect(task.metadata).toEqual({ a: 1, b: 2 });
  });

  it("takes from a chunk what it says of its artifact", () => {
    const saying = (artifact: object): StreamResponse => ({
      artifactUpdate: {
        taskId: "t",
        contextId: "c",
        append: true,
        artifact: { artifactId: "a", parts: [{ text: "x" }], ...artifact },
      },
    });
    const task = fold(
      created(),
      chunk("x", false),
      saying({ name: "n", description: "d", metadata: { a: 1, b: 1 }, extensions: ["e", "f"] }),
      saying({ name: "m", metadata: { b: 2 }, extensions: ["f", "g"] }),
    );
    expect(task.artifacts).toEqual([
      {
        artifactId: "a",
        name: "m",
        description: "d",
        parts: [{ text: "xxx" }],
        metadata: { a: 1, b: 2 },
        extensions: ["e", "f", "g"],
      },
    ]);
  });

  it("merges adjacent text only when metadata, filename and mediaType are equal", () => {
    const part = (text: string, extra: object): StreamResponse => ({
      artifactUpdate: {
        taskId: "t",
        contextId: "c",
        append: true,
        artifact: { artifactId: "a", parts: [{ text, ...extra }] },
      },
    });
    const task = fold(
      created(),
      chunk("0", false),
      part("1", {}),
      part("2", { mediaType: "text/markdown" }),
      part("3", { mediaType: "text/markdown" }),
      part("4", { metadata: { a: 1 } }),
      part("5", { metadata: { a: 1 } }),
      part("6", { metadata: { a: 2 } }),
      part("7", { metadata: { a: 2 }, filename: "f" }),
      part("8", { metadata: { a: 2 }, filename: "f" }),
    );
    expect(task.artifacts?.[0]?.parts.map((p) => p.text)).toEqual(["01", "23", "45", "6", "78"]);
  });

  it("never changes an event", () => {
    const first = created();
    first.task?.history?.push(message("u2"));
    const artifacts = [{ artifactId: "made", parts: [{ text: "x" }] }];
    const events: StreamResponse[] = [
      { task: { ...(first.task as Task), artifacts } },
      chunk("y", true, "made"),
      chunk("a", false),
      chunk("b"),
      chunk("c", false),
      chunk("d"),
      status("TASK_STATE_WORKING", message("said")),
      status("TASK_STATE_COMPLETED"),
    ];
    const before = JSON.stringify(events);
    fold(...events);
    expect(JSON.stringify(events)).toBe(before);
  });
});
