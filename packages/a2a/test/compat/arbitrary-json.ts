/** JSON in which the names that older versions know turn up with values of all kinds. */
import fc from "fast-check";

/** Names that mean something somewhere, so that values land where they are looked at. */
const key = fc.constantFrom(
  ...[
    "message",
    "parts",
    "content",
    "kind",
    "type",
    "file",
    "data",
    "text",
    "bytes",
    "uri",
    "role",
    "metadata",
  ],
  ...["configuration", "blocking", "pushNotificationConfig", "pushNotification", "authentication", "schemes"],
  ...["task", "status", "state", "artifacts", "artifact", "history", "index", "append", "final", "configs"],
  ...["id", "taskId", "url", "sessionId", "historyLength", "name", "config", "__proto__", "constructor"],
);
const leaf = fc.oneof(
  fc.constantFrom(
    "user",
    "text",
    "file",
    "data",
    "message",
    "task",
    "status-update",
    "completed",
    "https://example.com",
    "",
    null,
    true,
    -1,
    1e300,
  ),
  fc.string({ unit: "binary", maxLength: 4 }),
);
export const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 6, noNullPrototype: true }),
  ),
}));
