/** Chapters 5, 9, 10, 11 and 12: how operations travel. */
import { elsewhere, must, type Requirement, should } from "./row.js";
import {
  access,
  badInput,
  calls,
  capabilities,
  check,
  clientBindings,
  discovery,
  endToEnd,
  everyCall,
  grpc,
  messages,
  oracle,
  params,
  routes,
  scalars,
  serving,
  specDrift,
  streams,
  tasks,
  wire,
  wireForm,
} from "./test-files.js";

const custom = elsewhere("Parley has no custom binding.");

/** Both HTTP bindings ask for the same. */
const headerFields = [
  ...wire("every operation means the same on both bindings > {operation}: {verb} {path}"),
  ...calls("%s > %s on the wire"),
  ...capabilities("over %s > service parameters are header fields in any case, and extensions are told back"),
];
const oneField = calls(
  "%s > service parameters and credentials > extensions of the client and of the call, each once",
);
const errorsAlike = wire("every error means the same on both bindings (5.4, 9.5, 11.6) > {reason}");

export const bindings: readonly Requirement[] = [
  must("5.1a", "server", "Both bindings offer the same operations, results, errors and authentication.", [
    ...wireForm("both bindings answer the same about the same task"),
    ...wire(
      "every operation means the same on both bindings > {operation}: {verb} {path}",
      "every error means the same on both bindings (5.4, 9.5, 11.6) > {reason}",
    ),
    ...everyCall,
  ]),

  must(
    "5.2a",
    "server",
    "The card names every binding that is served.",
    serving("serve > answers on both bindings at the URLs of its card"),
  ),
  should(
    "5.2b",
    "client",
    "The client falls back to another interface of the card when it cannot use the first.",
    discovery("choosing an interface (spec 8.3.2) > %s"),
  ),

  must(
    "5.3a",
    "server",
    "Methods and routes are those of the mapping table.",
    [
      ...specDrift(
        "the operations are the methods of the service",
        "the routes are those of the proto file, and POST on :subscribe (spec 11.3.2)",
      ),
      ...wire("every operation means the same on both bindings > {operation}: {verb} {path}"),
    ],
    0,
  ),

  must("5.4a", "both", "Every A2A error has its code and status on each binding.", [
    ...errorsAlike,
    ...calls("%s > errors > ErrorInfo.reason decides, not the code, not the status"),
  ]),
  must("5.4b", "others", "Custom bindings map the errors.", custom),
  should("5.4c", "others", "Custom bindings show their mapping in a table.", custom),

  must("5.5a", "both", "JSON names are camelCase.", [
    ...wireForm(
      "over %s > names are camelCase, enum values as in the proto, timestamps UTC with milliseconds",
    ),
    ...check("what is not > gets camelCase names"),
  ]),
  must("5.5b", "both", "Enum values are written by their proto names.", [
    ...wireForm(
      "over %s > names are camelCase, enum values as in the proto, timestamps UTC with milliseconds",
    ),
    ...check("enums > are known by name and by number, and come out as names"),
  ]),

  must(
    "5.6.1a",
    "both",
    "Timestamps are ISO 8601 in UTC, without any other offset.",
    wireForm(
      "over %s > names are camelCase, enum values as in the proto, timestamps UTC with milliseconds",
      "over %s > timestamps in any offset are read, and those of agents written as UTC",
    ),
    2,
  ),
  should(
    "5.6.1b",
    "server",
    "Timestamps have milliseconds.",
    wireForm("over %s > names are camelCase, enum values as in the proto, timestamps UTC with milliseconds"),
  ),
  must("5.6.1c", "both", "Timestamps are read and written correctly.", [
    ...scalars(
      "timestamps > %s is %s",
      "timestamps > %j is none",
      "timestamps > any offset means the same moment",
    ),
    ...wireForm("over %s > timestamps in any offset are read, and those of agents written as UTC"),
  ]),

  must(
    "5.7a",
    "both",
    "Required fields are there; required lists are not empty.",
    [
      ...check(
        "required fields > must be there in requests, and filled",
        "cards > are checked strictly when published",
      ),
      ...access("over %s > an extended card that breaks the specification is the agent's fault"),
    ],
    2,
  ),
  should("5.7b", "server", "Messages that lack required fields are refused.", [
    ...badInput("messages to send > %s"),
    ...oracle(
      "every message with something wrong in it > %s is refused when the oracle refuses it, and only for a reason when it does not",
    ),
  ]),
  should("5.7c", "both", "Unknown fields are ignored.", [
    ...wireForm("over %s > unknown fields are ignored wherever they are"),
    ...check("what is not > loses unknown fields at every level, however deep they are"),
  ]),

  should("5.8a", "others", "Custom bindings are named by URIs, on the card as well.", custom, 2),
  must("5.8b", "others", "A breaking change of a custom binding makes a new URI.", custom),

  must("9.2a", "both", "Service parameters travel as HTTP header fields.", headerFields, 2),
  should("9.2b", "client", "Several values share one field, with commas.", oneField),

  must("9.3a", "both", "Requests are JSON-RPC 2.0.", [
    ...calls("%s > %s on the wire"),
    ...badInput("envelopes of JSON-RPC > %j"),
    ...wire("JSON-RPC envelopes > repeats the id %j"),
  ]),

  must("9.5a", "both", "Every object in error.data says its type.", errorsAlike),
  should("9.5b", "server", "They are ErrorInfo and BadRequest.", [
    ...errorsAlike,
    ...badInput("messages to send > %s"),
  ]),

  must(
    "10.2a",
    "both",
    "Service parameters travel as gRPC metadata.",
    grpc("every operation > $operation $request"),
    3,
  ),
  should(
    "10.2b",
    "both",
    "Several values share an entry; the version is checked.",
    grpc("every operation > $operation $request"),
    2,
  ),

  must(
    "10.6a",
    "server",
    "A2A errors have ErrorInfo in their status details.",
    grpc("every error (5.4, 10.6) > %s, of a call and of a stream"),
  ),

  should(
    "11.1a",
    "both",
    "Bodies are application/a2a+json: our client sends and prefers it, our server answers it to those who name it.",
    [
      ...wire("media types (11.1) > %j is answered in %s"),
      ...clientBindings("what is asked for (9.1, 11.1) > %s: the media types of its binding"),
    ],
  ),

  must("11.2a", "both", "Service parameters travel as HTTP header fields.", headerFields, 2),
  should("11.2b", "client", "Several values share one field, with commas.", oneField),

  must("11.5a", "both", "GET and DELETE carry their fields in path and query.", [
    ...calls("%s > %s on the wire"),
    ...wire("every operation means the same on both bindings > {operation}: {verb} {path}"),
  ]),
  must("11.5b", "both", "Query parameters are named in camelCase.", [
    ...calls("%s > %s on the wire"),
    ...params("parameters become fields of their types"),
  ]),
  must("11.5c", "both", "Nested objects are only sent in bodies.", [
    ...routes("toQuery > writes scalars, repeats lists and escapes (11.5)"),
    ...params("required fields are required here too, and objects cannot be parameters"),
  ]),
  must("11.5d", "client", "Query values are percent-encoded.", [
    ...routes("toQuery > writes scalars, repeats lists and escapes (11.5)"),
    ...wire("every operation means the same on both bindings > {operation}: {verb} {path}"),
  ]),

  must("11.6a", "both", "Every object in error.details says its type.", errorsAlike),
  should("11.6b", "server", "They are well-known types such as BadRequest.", [
    ...errorsAlike,
    ...badInput("messages to send > %s"),
  ]),
  must("11.6c", "server", "A2A errors have ErrorInfo with reason and domain.", errorsAlike),

  should(
    "11.7a",
    "server",
    "Events are not reordered.",
    tasks(
      "over %s > all streams of a task get the same events in the order they were made; one that leaves disturbs none",
    ),
  ),
  must(
    "11.7b",
    "both",
    "A stream is a Task or Message, then updates, until the task ends or is interrupted.",
    [
      ...messages(
        "over %s > a stream begins with the Task and closes at %s, which ends the task",
        "over %s > a stream closes at the question, and that of the answer at the end",
      ),
      ...endToEnd("over %s > streams, asks back and goes on with the same task"),
      ...streams("streams over %s > that are not cut > %s: one request, every event"),
    ],
    0,
  ),

  must("12a", "others", "Custom bindings comply with section 5.", custom),
  must(
    "12.1a",
    "others",
    "Custom bindings carry all operations, data and semantics, and are documented.",
    custom,
  ),
  must("12.2a", "others", "Custom bindings map every data type.", custom),
  must("12.3a", "others", "Custom bindings document their service parameters.", custom, 2),
  must("12.4a", "others", "Custom bindings map every error.", custom),
  must("12.5a", "others", "Custom bindings without streaming say so.", custom),
  must("12.6a", "others", "Custom bindings support the declared authentication.", custom),
  must("12.7a", "others", "Custom bindings are declared on the card.", custom),
  should("12.8a", "others", "Custom bindings are tested against the standard ones.", custom),
];
