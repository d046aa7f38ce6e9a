import fc from "fast-check";
import { expect, it } from "vitest";
import { LiveTask } from "../../src/engine/live-task.js";
import { LiveTasks } from "../../src/engine/live-tasks.js";

const liveTask = (id: string) => new LiveTask({ id, contextId: "c", owner: "", seq: 0, statusMillis: 0 });

/** Some share a bucket, as only the end of an id decides. */
const ids = ["", "a", "task-1", "1-task-1", "2-task-1", "3-task-1", "task-2"];

it("live tasks are found as in a Map, however they come and go", () => {
  const step = fc.tuple(fc.constantFrom(...ids), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tasks = new LiveTasks();
      const expected = new Map<string, LiveTask>();
      for (const [id, comes] of steps) {
        const known = expected.get(id);
        // A record that another has replaced takes nobody with it.
        tasks.delete(liveTask(id));
        if (known !== undefined && !comes) {
          tasks.delete(known);
          expected.delete(id);
        } else if (known === undefined && comes) {
          const live = liveTask(id);
          tasks.add(live);
          expected.set(id, live);
        }
        for (const each of ids) expect(tasks.get(each)).toBe(expected.get(each));
        expect(new Set(tasks.all())).toEqual(new Set(expected.values()));
      }
    }),
  );
});
