import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, expectTypeOf, test } from "vitest";
import type {
  ListTasksResponse,
  Part,
  StreamResponse,
  TaskState,
  TextPart,
} from "../../src/protocol/index.js";

test("types.gen.ts is what the generator makes of the schema", () => {
  const script = fileURLToPath(new URL("../../../../scripts/generate-types.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "--check"]);
});

test("a part is narrowed by its content", () => {
  const describe = (part: Part): string => {
    if (part.text !== undefined) {
      expectTypeOf(part).toEqualTypeOf<TextPart>();
      return part.text;
    }
    if (part.raw !== undefined) return part.raw;
    if (part.url !== undefined) return part.url;
    return JSON.stringify(part.data);
  };
  expect(describe({ data: null })).toBe("null");
  expect(describe({ text: "" })).toBe("");
});

test("a stream item is narrowed by its payload", () => {
  const stateOf = (item: StreamResponse): TaskState | undefined => {
    if (item.task) return item.task.status.state;
    return item.statusUpdate?.status.state;
  };
  expect(stateOf({ task: { id: "1", status: { state: "TASK_STATE_WORKING" } } })).toBe("TASK_STATE_WORKING");
});

test("every field of a task page is required", () => {
  expectTypeOf<Required<ListTasksResponse>>().toEqualTypeOf<ListTasksResponse>();
});
