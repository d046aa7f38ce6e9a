/** Sections 3.3 to 3.7: what all operations have in common. */
import { must, notOurs, type Requirement, should } from "./row.js";
import {
  access,
  badInput,
  calls,
  capabilities,
  check,
  client,
  csvAnalyst,
  discovery,
  endToEnd,
  engine,
  everyCall,
  foreign,
  messages,
  operationsDoc,
  properties,
  retention,
  serving,
  sockets,
  tasks,
  wire,
  wireForm,
} from "./test-files.js";

export const semantics: readonly Requirement[] = [
  must("3.3.2a", "server", "Failures are answered with the error that fits.", [
    ...wireForm("over %s > every error has a code, a message and typed details"),
    ...badInput("messages to send > %s"),
  ]),
  should("3.3.2b", "server", "Errors say what would help.", [
    ...badInput("messages to send > %s", "versions (3.6) > %j is not supported"),
    ...access("over %s > a caller without permission is told what is missing"),
  ]),
  must("3.3.2c", "server", "Missing and wrong credentials are refused.", everyCall),
  should("3.3.2d", "server", "The refusal carries a challenge that names the scheme.", everyCall, 2),
  must(
    "3.3.2e",
    "server",
    "A known caller without the permission gets an authorization error.",
    access("over %s > a caller without permission is told what is missing"),
  ),
  should(
    "3.3.2f",
    "server",
    "That error can say which permission is missing.",
    access("over %s > a caller without permission is told what is missing"),
  ),
  must("3.3.2g", "server", "Nobody learns that something of somebody else's exists.", foreign),
  must("3.3.2h", "server", "Input is checked before anything is done with it.", [
    ...badInput("messages to send > %s", "lists > %s %j", "bodies > %s"),
    ...access("a stranger's calls leave nothing of the task in memory"),
  ]),
  should(
    "3.3.2i",
    "server",
    "A refused request names each wrong field, why, and what would be right.",
    [
      ...badInput("messages to send > %s", "lists > %s %j"),
      ...check("violations > name the place, all of them at once"),
    ],
    2,
  ),
  must("3.3.2j", "server", "What is absent or not accessible is not found.", foreign),
  should("3.3.2k", "server", "Absent and forbidden look the same.", foreign),
  should("3.3.2l", "server", "Passing trouble and lasting failure are different errors.", [
    ...wire("every error means the same on both bindings (5.4, 9.5, 11.6) > {reason}"),
    ...access("over %s > an interceptor can hold a caller to a rate, which is an error of its own"),
    ...serving("serve > ends runs and streams in order when it closes, and takes nothing more"),
  ]),
  should("3.3.2m", "server", "Internal failures are logged.", [
    ...access("over %s > refusals and failures are logged, without credentials"),
    ...engine("endings > a thrown error fails the task with an opaque id; the log has the details"),
  ]),
  must("3.3.2n", "both", "Every error has a code and a message.", [
    ...wireForm("over %s > every error has a code, a message and typed details"),
    ...sockets("clients that do not speak HTTP > get JSON for %s"),
  ]),
  must(
    "3.3.2o",
    "both",
    "Every detail of an error says its type.",
    wireForm("over %s > every error has a code, a message and typed details"),
  ),
  should(
    "3.3.2p",
    "both",
    "Details are the well-known google.rpc types.",
    wire("every error means the same on both bindings (5.4, 9.5, 11.6) > {reason}"),
  ),
  must(
    "3.3.2q",
    "both",
    "Each binding puts code, message and details in its own form, with one meaning.",
    wire("every error means the same on both bindings (5.4, 9.5, 11.6) > {reason}"),
  ),

  must(
    "3.3.4a",
    "server",
    "Using what the card does not declare is an error.",
    capabilities(
      "over %s > push operations of an agent without push notifications",
      "over %s > push notifications that the card's author promised but the server cannot send are not promised",
      "over %s > streams of an agent without streaming",
    ),
  ),
  must(
    "3.3.4b",
    "server",
    "Without push notifications, their operations say PUSH_NOTIFICATION_NOT_SUPPORTED.",
    capabilities("over %s > push operations of an agent without push notifications"),
  ),
  must(
    "3.3.4c",
    "server",
    "Without streaming, streams say UNSUPPORTED_OPERATION.",
    capabilities("over %s > streams of an agent without streaming"),
  ),
  must(
    "3.3.4d",
    "server",
    "Without an extended card, asking for it says UNSUPPORTED_OPERATION; when only promised, EXTENDED_AGENT_CARD_NOT_CONFIGURED.",
    capabilities("over %s > the extended card of an agent without one, and of one that promised it"),
    2,
  ),
  must(
    "3.3.4e",
    "server",
    "A call that does not declare a required extension says EXTENSION_SUPPORT_REQUIRED.",
    capabilities(
      "over %s > a required extension must be declared, in exactly its version; others are ignored",
    ),
  ),
  should(
    "3.3.4f",
    "client",
    "The client looks at the card before it uses a capability.",
    calls("%s > capabilities are looked up in the card before anything is sent"),
  ),

  must(
    "3.4.1a",
    "server",
    "A context that the server made up is told in the answer.",
    messages(
      "over %s > a direct answer is a Message of the agent in a context, with no task",
      "over %s > tasks get ids of the server's making, contexts too unless the client names one",
    ),
  ),
  must(
    "3.4.1b",
    "server",
    "A context that cannot be used is refused, not silently replaced by another.",
    access("over %s > a context of somebody else's cannot be used"),
    2,
  ),
  should(
    "3.4.1c",
    "client",
    "The client makes up no contexts of its own.",
    calls("%s > text, parts and a Message can be sent"),
  ),
  should(
    "3.4.1d",
    "client",
    "The client reads nothing into a context's name.",
    client("over %s > refers to other tasks and contexts by the ids the server made"),
  ),
  should(
    "3.4.1e",
    "server",
    "Tasks of one context belong together: they are listed together, and the agent is told which.",
    [
      ...messages(
        "over %s > the agent sees the tasks a message refers to, and the context it shares with them",
      ),
      ...engine(
        "ListTasks (3.1.4) > is the caller's, newest status first, without artifacts unless asked, and empty for a foreign context",
      ),
    ],
  ),
  should("3.4.1f", "server", "Policies by which contexts expire are documented.", [
    ...retention(
      "{name}: retention > removes what ended long enough ago, folded or not, with all that belongs to it",
    ),
    ...operationsDoc("docs/operations.md has the %s as they are"),
  ]),

  must(
    "3.4.2a",
    "server",
    "Every task has an id of its own.",
    messages("over %s > tasks get ids of the server's making, contexts too unless the client names one"),
  ),
  must(
    "3.4.2b",
    "server",
    "The Task in the answer carries that id.",
    messages("over %s > tasks get ids of the server's making, contexts too unless the client names one"),
  ),
  must("3.4.2c", "client", "A message names only tasks that exist.", [
    ...endToEnd("over %s > streams, asks back and goes on with the same task"),
    ...messages("over %s > tasks get ids of the server's making, contexts too unless the client names one"),
  ]),
  must(
    "3.4.2d",
    "server",
    "A message to a task that does not exist is TASK_NOT_FOUND, and makes none.",
    messages("over %s > tasks get ids of the server's making, contexts too unless the client names one"),
  ),

  must(
    "3.4.3a",
    "server",
    "The context of a task need not be repeated.",
    messages("over %s > the context of a task is inferred, and another one refused"),
  ),
  must(
    "3.4.3b",
    "server",
    "A context that is not the task's is refused.",
    messages("over %s > the context of a task is inferred, and another one refused"),
  ),
  should(
    "3.4.3c",
    "client",
    "Messages can refer to related tasks.",
    client("over %s > refers to other tasks and contexts by the ids the server made"),
  ),
  should(
    "3.4.3d",
    "agent",
    "Agents use the tasks a message refers to; they can read them.",
    messages("over %s > the agent sees the tasks a message refers to, and the context it shares with them"),
  ),
  should(
    "3.4.3e",
    "agent",
    "Agents use the context that tasks share; they are told it.",
    messages("over %s > the agent sees the tasks a message refers to, and the context it shares with them"),
  ),

  must(
    "3.5.2a",
    "server",
    "Events arrive in the order they were made.",
    [
      ...tasks(
        "over %s > all streams of a task get the same events in the order they were made; one that leaves disturbs none",
      ),
      ...properties(
        "on %s > resuming anywhere is byte-identical to the journal, while the task runs and after it ended",
      ),
    ],
    2,
  ),
  must(
    "3.5.2b",
    "server",
    "Every stream of a task gets every event, the same ones in the same order.",
    [
      ...tasks(
        "over %s > all streams of a task get the same events in the order they were made; one that leaves disturbs none",
      ),
      ...properties(
        "on %s > every subscriber gets the same events in the same order, however it reads; the fold of them is the task",
      ),
    ],
    2,
  ),
  must(
    "3.5.2c",
    "server",
    "A stream that closes touches neither the others nor the task.",
    tasks(
      "over %s > all streams of a task get the same events in the order they were made; one that leaves disturbs none",
      "over %s > a task goes on when every stream of it has left",
    ),
  ),

  should("3.6a", "both", "Versions are told without a patch number.", [
    ...calls("%s > %s on the wire"),
    ...serving("serve > answers on both bindings at the URLs of its card"),
    ...capabilities("over %s > every operation is held to its version; a patch number does not count"),
  ]),
  must("3.6b", "both", "A patch number does not matter in negotiation.", [
    ...capabilities("over %s > every operation is held to its version; a patch number does not count"),
    ...badInput("versions (3.6) > %s is"),
  ]),

  must("3.6.1a", "client", "Every request says its version.", calls("%s > %s on the wire")),

  must(
    "3.6.2a",
    "server",
    "Requests are processed by the version they ask for.",
    badInput("versions (3.6) > %s is"),
  ),
  must(
    "3.6.2b",
    "server",
    "A version that is not served is VERSION_NOT_SUPPORTED.",
    capabilities("over %s > every operation is held to its version; a patch number does not count"),
  ),
  must("3.6.2c", "server", "No version means 0.3.", badInput("versions (3.6) > %j is not supported")),

  must(
    "3.6.3a",
    "client",
    "The client negotiates transport and version for its caller.",
    discovery("choosing an interface (spec 8.3.2) > %s"),
  ),

  should(
    "3.7a",
    "agent",
    "Results are artifacts, not messages.",
    [
      ...csvAnalyst(
        "a file sent over a stream > gives progress, then the report, the statistics and the chart, then completes",
      ),
      ...engine("SendMessage (3.1.1) > runs the agent and answers the ended task with everything in it"),
    ],
    2,
  ),
  must(
    "3.7b",
    "application",
    "Nobody relies on messages to deliver what is critical, or on all of them being in the history.",
    notOurs(
      "What an application relies on is its own; Parley keeps every message in the history all the same.",
    ),
    2,
  ),
];
