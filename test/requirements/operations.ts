/** Sections 3.1 and 3.2: the operations and what they are given. */
import { elsewhere, must, type Requirement, should } from "./row.js";
import {
  access,
  calls,
  configs,
  delivery,
  engine,
  foreign,
  lists,
  messages,
  properties,
  push,
  sqlite,
  tasks,
} from "./test-files.js";

export const operations: readonly Requirement[] = [
  must("3.1.1a", "server", "A send answers with a Task or with a Message.", [
    ...messages(
      "over %s > a direct answer is a Message of the agent in a context, with no task",
      "over %s > a send waits for %s and answers with all artifacts",
      "over %s > a send with returnImmediately answers while the task goes on",
    ),
  ]),
  must(
    "3.1.1b",
    "server",
    "A part of a media type the agent does not take is CONTENT_TYPE_NOT_SUPPORTED.",
    messages("over %s > media types that the agent does not take are refused, naming the part"),
    0,
  ),
  must(
    "3.1.1c",
    "server",
    "A message to a task that has ended is UNSUPPORTED_OPERATION.",
    messages(
      "over %s > a stream begins with the Task and closes at %s, which ends the task",
      "over %s > a stream closes when the task is canceled",
    ),
    0,
  ),
  must(
    "3.1.1d",
    "server",
    "A message to a task that is unknown or not the caller's is TASK_NOT_FOUND.",
    [
      ...messages("over %s > tasks get ids of the server's making, contexts too unless the client names one"),
      ...foreign,
    ],
    0,
  ),

  must(
    "3.1.2a",
    "server",
    "SendStreamingMessage opens a stream.",
    messages("over %s > a stream tells of progress while the agent still works"),
  ),
  must(
    "3.1.2b",
    "server",
    "A stream is either one Message or the life of a task.",
    messages(
      "over %s > a stream of a direct answer is that one Message",
      "over %s > a stream begins with the Task and closes at %s, which ends the task",
    ),
  ),
  must(
    "3.1.2c",
    "server",
    "A direct answer is the only event of its stream, which then closes.",
    messages("over %s > a stream of a direct answer is that one Message"),
  ),
  must(
    "3.1.2d",
    "server",
    "A stream about a task begins with the Task and goes on with its updates.",
    messages("over %s > a stream begins with the Task and closes at %s, which ends the task"),
  ),
  must(
    "3.1.2e",
    "server",
    "The stream closes when the task ends, in each of the four ways.",
    messages(
      "over %s > a stream begins with the Task and closes at %s, which ends the task",
      "over %s > a stream closes when the task is canceled",
    ),
  ),
  must(
    "3.1.2f",
    "server",
    "Progress is told when it happens.",
    messages("over %s > a stream tells of progress while the agent still works"),
  ),

  must(
    "3.1.4a",
    "server",
    "Unless artifacts are asked for, listed tasks have no such field.",
    tasks("over %s > a list leaves artifacts out unless they are asked for"),
  ),
  must(
    "3.1.4b",
    "server",
    "Every page has a nextPageToken, empty on the last one.",
    tasks("over %s > a list says by nextPageToken whether there is more, and walks newest status first"),
    2,
  ),
  must("3.1.4c", "server", "Only tasks of the caller are listed.", foreign, 2),
  must("3.1.4d", "server", "Pages are found by cursors, which updates and deletions do not upset.", [
    ...properties("on %s > paging while tasks change or vanish shows every untouched task exactly once"),
    ...lists("{name}: lists > are walked page by page without a task lost or doubled while others move"),
  ]),
  must(
    "3.1.4e",
    "server",
    "Tasks come newest status first.",
    [
      ...tasks("over %s > a list says by nextPageToken whether there is more, and walks newest status first"),
      ...lists(
        "{name}: lists > are in order when many tasks share a millisecond and when the clock steps back",
      ),
    ],
    2,
  ),

  must(
    "3.1.5a",
    "server",
    "Canceling what has ended is TASK_NOT_CANCELABLE; an unknown task is TASK_NOT_FOUND.",
    [
      ...tasks("over %s > canceling twice leaves the same canceled task"),
      ...engine(
        "CancelTask (3.1.5) > aborts the signal, closes the generator, and the executor's later events are ignored",
      ),
    ],
    0,
  ),

  must(
    "3.1.6a",
    "server",
    "A subscription ends when the task ends.",
    tasks("over %s > a subscription begins with the task as it is and ends with it"),
  ),
  must(
    "3.1.6b",
    "server",
    "A subscription begins with the task as it is, so that nothing falls between reading and subscribing.",
    [
      ...tasks("over %s > a subscription begins with the task as it is and ends with it"),
      ...engine("SubscribeToTask (3.1.6) > begins with the task and misses nothing"),
    ],
  ),
  must(
    "3.1.6c",
    "server",
    "Subscribing to an ended task is UNSUPPORTED_OPERATION.",
    tasks("over %s > a subscription begins with the task as it is and ends with it"),
    0,
  ),

  must(
    "3.1.7a",
    "server",
    "A configuration makes the task's updates go to its webhook.",
    push(
      "over %s > a webhook named with the message gets every event, with its credentials",
      "over %s > a configuration lives until it is deleted, and is then neither listed nor served",
    ),
  ),
  must("3.1.7b", "server", "A configuration lasts until its task ends or it is deleted.", [
    ...push(
      "over %s > a configuration lives until it is deleted, and is then neither listed nor served",
      "configurations outlive the server that took them",
    ),
    ...sqlite("sqlite: the file > has everything when it is opened again"),
  ]),

  must(
    "3.1.8a",
    "server",
    "A configuration is read back with its URL and settings; its secrets are not repeated.",
    push("over %s > a configuration lives until it is deleted, and is then neither listed nor served"),
  ),
  must("3.1.8b", "server", "Reading fails when there is no such configuration or it is not the caller's.", [
    ...push("over %s > a configuration lives until it is deleted, and is then neither listed nor served"),
    ...foreign,
  ]),

  must("3.1.9a", "server", "The list holds every configuration of the task.", [
    ...push("over %s > a configuration lives until it is deleted, and is then neither listed nor served"),
    ...configs("lists > come in pages that miss and repeat nothing"),
  ]),

  must("3.1.10a", "server", "A deleted configuration is gone and gets nothing more.", [
    ...push("over %s > a configuration lives until it is deleted, and is then neither listed nor served"),
    ...delivery("on %s > nothing is sent after deletion"),
  ]),
  must(
    "3.1.10b",
    "server",
    "Deleting again succeeds.",
    push("over %s > a configuration lives until it is deleted, and is then neither listed nor served"),
  ),

  must("3.1.11a", "both", "The extended card is asked for with credentials of a declared scheme.", [
    ...access(
      "over %s > the extended card is for those who may see it, may differ by caller, and is not kept by caches",
    ),
    ...calls("%s > service parameters and credentials > an API key in the %s, as the card wants"),
  ]),
  should(
    "3.1.11b",
    "client",
    "The extended card takes the place of the public one.",
    calls("%s > the extended card becomes the client's card"),
  ),

  must(
    "3.2.2a",
    "server",
    "A send waits until the task ends or is interrupted, unless told otherwise.",
    messages(
      "over %s > a send waits for %s and answers with all artifacts",
      "over %s > a send that waits ends with the cancel of its task",
    ),
  ),
  must(
    "3.2.2b",
    "server",
    "What it then answers has the latest state with all artifacts.",
    messages("over %s > a send waits for %s and answers with all artifacts"),
  ),
  must(
    "3.2.2c",
    "server",
    "With returnImmediately it answers as soon as there is a task.",
    messages("over %s > a send with returnImmediately answers while the task goes on"),
  ),

  should(
    "3.2.4a",
    "server",
    "historyLength 0 leaves the history out; N gives at most the latest N messages.",
    messages("over %s > historyLength unset, 0 and N mean the same to every operation that gives tasks"),
  ),

  must(
    "3.2.6a",
    "others",
    "Custom bindings say how they carry service parameters.",
    elsewhere("Parley has no custom binding."),
  ),
];
