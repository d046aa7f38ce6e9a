/** Whatever an agent throws can be logged: a log that throws would take the process with it. */
import { afterEach, expect, it, vi } from "vitest";
import { stderrLog } from "../../src/hosts/node/index.js";

afterEach(() => vi.restoreAllMocks());

const circle: Record<string, unknown> = {};
circle.self = circle;
const chain = new Error("first");
chain.cause = new Error("second", { cause: chain });

it.each([
  ["a BigInt", 5n],
  ["a circle", circle],
  ["an error that causes itself", chain],
  [
    "an error whose stack cannot be read",
    Object.defineProperty(new Error("x"), "stack", {
      get: () => {
        throw new Error("no");
      },
    }),
  ],
  ["an error whose stack is no text", Object.assign(new Error("x"), { stack: 7 })],
  [
    "a value that will not be JSON",
    {
      toJSON: () => {
        throw new Error("no");
      },
    },
  ],
  ["a symbol", Symbol("s")],
  ["nothing", undefined],
])("%s", (_, error) => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  stderrLog.error("The agent failed", { errorId: "e1", error });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith("\n")).toBe(true);
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    level: "error",
    message: "The agent failed",
    errorId: "e1",
  });
});
