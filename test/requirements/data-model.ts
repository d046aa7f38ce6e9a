/** Sections 1.4 and 4, and the comments of the proto file: the messages and what they hold. */
import { elsewhere, must, notOurs, type Requirement, should } from "./row.js";
import {
  badInput,
  calls,
  capabilities,
  check,
  delivery,
  foreign,
  lifecycle,
  lists,
  messages,
  oracle,
  outgoing,
  push,
  specDrift,
  tasks,
  types,
} from "./test-files.js";

const editors = notOurs("It binds the editors of the specification.");
const receivers = notOurs("It binds whoever receives webhooks; Parley only sends them.");
const oauth = elsewhere("OAuth comes later; such schemes are carried on cards as they are.");

export const dataModel: readonly Requirement[] = [
  must(
    "1.4a",
    "both",
    "What describes messages is made from the proto file, not written by hand beside it.",
    [
      ...types("types.gen.ts is what the generator makes of the schema"),
      ...specDrift(
        "the schema has exactly the messages and enums of the proto file",
        "$name has the fields of the proto file",
        "$name has the values of the proto file",
      ),
    ],
  ),
  must("1.4b", "others", "Breaking changes come with a guide; old anchors stay.", editors, 2),
  should("1.4c", "others", "Renamed things keep aliases until the next major version.", editors, 2),

  must("4a", "both", "Every binding carries the whole data model.", [
    ...specDrift("$name has the fields of the proto file"),
    ...oracle("every valid message, in any spelling > %s comes out in normal form and means what it meant"),
  ]),

  must("4.3.3a", "server", "A notification carries the credentials it was configured with.", [
    ...push("over %s > a webhook named with the message gets every event, with its credentials"),
    ...delivery(
      "what is sent > is application/a2a+json, with the credentials that were asked for and the token in both spellings",
    ),
  ]),
  must("4.3.3b", "application", "Receivers acknowledge with 2xx and know the task.", receivers, 2),
  should("4.3.3c", "application", "Receivers bear duplicates and make sure who sends.", receivers, 2),
  must("4.3.3d", "server", "Every webhook is tried at least once.", [
    ...push("over %s > a webhook named with the message gets every event, with its credentials"),
    ...delivery(
      "on %s > events arrive in order, one at a time, at every configuration of the task and of no other",
    ),
  ]),
  should("4.3.3e", "server", "An attempt ends after 10 to 30 seconds.", [
    ...push("an attempt at a webhook has the time that the specification recommends"),
    ...outgoing("limits > silence before the answer, inside the headers and inside the body ends in time"),
  ]),

  should(
    "4.6.3a",
    "agent",
    "Extension URIs have a version; a breaking change makes a new one.",
    notOurs("Whoever makes an extension names it. Our own ends in v1."),
    1,
  ),
  must(
    "4.6.3b",
    "agent",
    "A breaking change of an extension gets a new URI.",
    notOurs("Whoever makes an extension names it. Our own ends in v1."),
  ),
  should(
    "4.6.3c",
    "server",
    "A version of an extension that is not supported is ignored.",
    capabilities(
      "over %s > a required extension must be declared, in exactly its version; others are ignored",
    ),
  ),
  must(
    "4.6.3d",
    "server",
    "Unless it is required: then it is an error.",
    capabilities(
      "over %s > a required extension must be declared, in exactly its version; others are ignored",
    ),
  ),
  must(
    "4.6.3e",
    "server",
    "No other version is used in its place.",
    capabilities(
      "over %s > a required extension must be declared, in exactly its version; others are ignored",
    ),
  ),

  should(
    "proto.a",
    "server",
    "SendMessageConfiguration: agents know the accepted media types and shape their output by them.",
    messages("over %s > the agent sees the accepted output modes"),
  ),
  must(
    "proto.b",
    "server",
    "SendMessageConfiguration and GetTaskRequest: no more messages than historyLength.",
    messages("over %s > historyLength unset, 0 and N mean the same to every operation that gives tasks"),
    2,
  ),
  must(
    "proto.c",
    "server",
    "SendMessageConfiguration: without returnImmediately the answer waits for an ended or interrupted task.",
    messages("over %s > a send waits for %s and answers with all artifacts"),
  ),
  must(
    "proto.d",
    "client",
    "AgentInterface: the tenant of the chosen interface is in every request.",
    calls("%s > %s on the wire", "%s > no tenant where the interface has none, whatever the caller says"),
  ),
  must(
    "proto.e",
    "agent",
    "OAuth flows that are no longer recommended have URLs in their URL fields.",
    oauth,
    4,
  ),
  must(
    "proto.f",
    "both",
    "Message: one from the server names its context, and a task only if there is one; a client's task and context match.",
    messages(
      "over %s > a direct answer is a Message of the agent in a context, with no task",
      "over %s > a direct answer keeps the id, names no task and speaks for the agent, whatever the agent made it from",
      "over %s > status messages written by hand are the agent's, in the task's context",
      "over %s > the context of a task is inferred, and another one refused",
    ),
    0,
  ),
  must(
    "proto.g",
    "both",
    "Artifact: at least one part, and an id that is unique in the task.",
    [
      ...check("required fields > must be there in requests, and filled"),
      ...lifecycle("applyEvent > replaces an artifact of the same id, and appends when told"),
    ],
    0,
  ),
  must(
    "proto.h",
    "both",
    "Part: exactly one content.",
    [
      ...check("exactly one content > %j is refused", "exactly one content > %j is one"),
      ...badInput("messages to send > %s"),
    ],
    0,
  ),
  must(
    "proto.i",
    "server",
    "ListTasksRequest: page sizes from 1 to 100, 50 when unset; filters by context, state and time of the status.",
    [
      ...badInput("lists > %s %j"),
      ...tasks("over %s > a list says by nextPageToken whether there is more, and walks newest status first"),
      ...lists("{name}: lists > are as the model says, whatever is created, moved and removed"),
    ],
    0,
  ),
  must(
    "proto.j",
    "server",
    "Requests of another tenant see other tasks; path and body name the same one.",
    [...foreign, ...badInput("paths of HTTP+JSON > a field or tenant that contradicts the path")],
    0,
  ),
];
