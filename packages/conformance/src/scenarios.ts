/** What the kit's `scenarios/*.feature` say: how a message is answered, by the beginning of its id. */
import {
  artifact,
  type Content,
  completed,
  data,
  file,
  inputRequired,
  rejected,
  text,
  url,
  working,
  type Yielded,
} from "@parley/a2a";

/** One step: an event, or a wait in milliseconds. */
export type Step = Yielded | number;

/** The kit gives a stream two seconds; twice that is "2x streaming timeout". */
const twiceTheStreamingTimeout = 4_000;

const output = "output.txt";
const outputType = "text/plain";
const fileContent = "Generated file content";

const streamed = (id: string, content: Content): readonly Step[] => [
  working(),
  artifact(id, content),
  completed(),
];

/**
 * Scenarios that answer with a task; the first that fits is taken. The kit for 0.3 has no scenarios: its tasks are
 * continued and canceled, so they have to wait for input.
 */
export const taskScenarios: readonly (readonly [prefix: string, steps: readonly Step[]])[] = [
  ["tck-complete-task", [completed("Hello from TCK")]],
  ["tck-artifact-text", [artifact("text", text("Generated text content"))]],
  [
    "tck-artifact-file-url",
    [artifact("file", url(`https://example.com/${output}`, { filename: output, mediaType: outputType }))],
  ],
  ["tck-artifact-file", [artifact("file", file(output, fileContent, outputType))]],
  ["tck-artifact-data", [artifact("data", data({ key: "value", count: 42 }))]],
  ["tck-input-required", [inputRequired("What next?")]],
  ["tck-reject-task", [rejected("rejected")]],
  ["tck-stream-001", streamed("text", "Stream hello from TCK")],
  ["tck-stream-002", [completed()]],
  ["tck-stream-003", streamed("text", "Stream task lifecycle")],
  ["tck-stream-ordering-001", streamed("text", "Ordered output")],
  ["tck-stream-artifact-text", streamed("text", "Streamed text content")],
  ["tck-stream-artifact-file", streamed("file", file(output, fileContent, outputType))],
  [
    "tck-stream-artifact-chunked",
    [
      working(),
      artifact("chunks", "chunk-1 "),
      artifact("chunks", "chunk-2", { append: true, lastChunk: true }),
      completed(),
    ],
  ],
  ["test-resubscribe-message-id", [working(), twiceTheStreamingTimeout, completed()]],
  // Of other messages the kit expects a task, and nothing else of it.
  ["tck-", [completed("Hello from TCK")]],
];

/** Scenarios that answer with a message. */
export const messageScenarios: readonly (readonly [prefix: string, content: string])[] = [
  ["tck-message-response", "Direct message response"],
];

/** What belongs to a message id; undefined when no scenario names it. */
export function scenarioOf<T>(
  scenarios: readonly (readonly [prefix: string, value: T])[],
  messageId: string,
): T | undefined {
  return scenarios.find(([prefix]) => messageId.startsWith(prefix))?.[1];
}
