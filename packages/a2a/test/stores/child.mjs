// Opens a SQLite store and says "open"; told to append, says the number of every batch after it was taken.
import { Entry } from "@parley/a2a/ports";
import { sqlite } from "@parley/a2a/sqlite";

const [path, mode, prefix] = process.argv.slice(2);
const store = sqlite(path);
await store.open();
process.stdout.write("open\n");
setInterval(() => {}, 1000);

let batch = 0;
function appendBatch() {
  const appends = Array.from({ length: 8 }, (_, i) => creation(`${prefix}-${batch}-${i}`));
  if (store.journal.append(appends).length > 0) throw new Error("refused");
  process.stdout.write(`${batch++}\n`);
  setImmediate(appendBatch);
}

function creation(id) {
  const status = { state: "TASK_STATE_WORKING", timestamp: "2026-01-01T00:00:00.000Z" };
  const task = { id, contextId: `c-${id}`, status };
  const update = {
    taskId: id,
    contextId: task.contextId,
    artifact: { artifactId: "a", parts: [{ text: id.repeat(40) }] },
  };
  return {
    head: {
      id,
      contextId: task.contextId,
      owner: "o",
      state: status.state,
      statusMillis: Date.now(),
      seq: 2,
    },
    expected: 0,
    entries: [new Entry(1, { task }), new Entry(2, { artifactUpdate: update })],
  };
}

if (mode === "append") appendBatch();
