/** Chapters 7 and 13: who may do what, and how data is kept safe. */
import { elsewhere, must, notOurs, type Requirement, should } from "./row.js";
import {
  access,
  addresses,
  auth,
  badInput,
  calls,
  capabilities,
  client,
  configs,
  delivery,
  engine,
  everyCall,
  foreign,
  messages,
  outgoing,
  push,
  retention,
  sockets,
  sqlite,
  tasks,
  tls,
} from "./test-files.js";

const receivers = notOurs("It binds whoever receives webhooks; Parley only sends them.");
const operators = (why: string) => notOurs(`It binds who runs the agent. ${why}`);
const agents = notOurs("How a credential reaches the agent is between it and who gives the credential.");
const custom = elsewhere("Parley has no custom binding.");
const watching = elsewhere(
  "Metrics, audit trails and rate limits come with observability; until then interceptors see every call.",
);

const extendedCard = access(
  "over %s > the extended card is for those who may see it, may differ by caller, and is not kept by caches",
);

export const security: readonly Requirement[] = [
  must(
    "7.1a",
    "operator",
    "In production connections are encrypted: the server speaks TLS when given a certificate.",
    [
      ...tls("TLS 1.3 is spoken, nothing older than 1.2"),
      ...sockets("listen > speaks TLS and tells browsers to stay with it"),
    ],
  ),
  should(
    "7.1b",
    "server",
    "TLS is modern: 1.3, and nothing older than 1.2.",
    tls("TLS 1.3 is spoken, nothing older than 1.2"),
  ),

  should(
    "7.2a",
    "client",
    "The client verifies certificates.",
    tls("the client refuses a server whose certificate nobody vouches for"),
  ),

  must("7.4a", "server", "Every request is authenticated as the card declares.", [
    ...everyCall,
    ...access("over %s > credentials are taken the way the card declares"),
  ]),
  should("7.4b", "server", "Refusals have the status that the binding has for them.", everyCall),
  should("7.4c", "server", "Refusals carry a challenge.", [
    ...everyCall,
    ...auth("any of > lists every challenge when none does, and says what was wrong"),
  ]),

  must(
    "7.6.1a",
    "agent",
    "Authorization is asked for by a task, in state AUTH_REQUIRED, with a message that explains it.",
    [
      ...tasks(
        "over %s > at AUTH_REQUIRED streams stay open, messages reach the agent, and it goes on without one",
      ),
      ...engine("endings > %s never reaches the wire"),
    ],
    3,
  ),
  must("7.6.1b", "agent", "Credentials come out of band unless agreed otherwise.", agents),
  should(
    "7.6.1c",
    "server",
    "Streams stay open meanwhile.",
    tasks(
      "over %s > at AUTH_REQUIRED streams stay open, messages reach the agent, and it goes on without one",
    ),
  ),
  should(
    "7.6.1d",
    "server",
    "Messages to the task are taken meanwhile.",
    tasks(
      "over %s > at AUTH_REQUIRED streams stay open, messages reach the agent, and it goes on without one",
    ),
  ),

  should(
    "7.6.2a",
    "agent",
    "A client that is itself an agent may pass the question on, as any agent asks.",
    tasks(
      "over %s > at AUTH_REQUIRED streams stay open, messages reach the agent, and it goes on without one",
    ),
  ),
  should("7.6.2b", "client", "While the task waits, the client subscribes, polls or has itself notified.", [
    ...client(
      "over %s > a task that waits for an authorization is followed by stream, subscription and polling alike",
    ),
    ...push("over %s > a webhook named with the message gets every event, with its credentials"),
  ]),

  should(
    "7.6.3a",
    "agent",
    "Credentials travel over secure channels, bound to and readable by the one agent that asked.",
    agents,
    3,
  ),

  must("13.1a", "server", "Whatever gives tasks is limited to the caller's own.", foreign),
  must("13.1b", "server", "Every operation is authorized.", [...everyCall, ...foreign]),
  must(
    "13.1c",
    "server",
    "Results are limited to the caller's own, whether or not there are filters.",
    foreign,
    2,
  ),
  must("13.1d", "server", "Lists hold only what the caller may see.", foreign),
  must(
    "13.1e",
    "server",
    "Reading, canceling, following and configuring are checked against the owner.",
    foreign,
    2,
  ),
  must("13.1f", "server", "Ownership is settled before anything is done that could tell of the task.", [
    ...foreign,
    ...access("a stranger's calls leave nothing of the task in memory"),
  ]),
  should(
    "13.1g",
    "agent",
    "The authorization model is documented.",
    operators("Parley's own (tenant and principal) is in its documentation."),
  ),

  must(
    "13.2a",
    "server",
    "Webhooks are called with the configured credentials.",
    delivery(
      "what is sent > is application/a2a+json, with the credentials that were asked for and the token in both spellings",
    ),
  ),
  should("13.2b", "server", "Calls to webhooks end in reasonable time.", [
    ...push("an attempt at a webhook has the time that the specification recommends"),
    ...outgoing("limits > silence before the answer, inside the headers and inside the body ends in time"),
  ]),
  should(
    "13.2c",
    "server",
    "Failed deliveries are tried again, later each time.",
    delivery(
      "on %s > what is not accepted is sent again, with nothing overtaking",
      "waiting > a receiver that drops connections is tried again",
    ),
  ),
  should("13.2d", "server", "Webhooks cannot be used to reach inside.", [
    ...push("over %s > webhooks inside are refused, unless the server is told otherwise"),
    ...addresses("hosts written as addresses > %j is not"),
    ...outgoing(
      "addresses > nothing is connected to before its address was checked",
      "addresses > no redirect leads anywhere",
    ),
  ]),
  must("13.2e", "application", "Receivers check credentials and acknowledge with 2xx.", receivers, 2),
  should(
    "13.2f",
    "application",
    "Receivers check the task, bear duplicates, limit rates and use HTTPS.",
    receivers,
    4,
  ),
  should(
    "13.2g",
    "application",
    "Webhook URLs use HTTPS.",
    notOurs("The client chooses the URL; https is taken as well as http."),
  ),
  should("13.2h", "server", "Tokens of configurations are treated as secrets.", [
    ...push(
      "over %s > a configuration lives until it is deleted, and is then neither listed nor served",
      "nothing that is logged about a webhook holds its secrets",
    ),
    ...configs("a configuration is handed back with url, id and scheme, never with its secrets"),
  ]),
  should(
    "13.2i",
    "server",
    "Configurations and credentials are stored so that others cannot read them.",
    sqlite("sqlite: the file > can be read by its owner alone"),
  ),
  should("13.2j", "application", "Each configuration has a token of its own.", receivers),

  must(
    "13.3a",
    "server",
    "The extended card needs authentication, by a scheme the public card declares.",
    [
      ...extendedCard,
      ...everyCall,
      ...access("an extended card without anybody who asks for credentials is refused at the start"),
    ],
    2,
  ),
  should("13.3b", "server", "Caching headers keep extended cards from being shared.", extendedCard),
  should(
    "13.3c",
    "operator",
    "What is shown at which level is documented.",
    operators("The extended card is its author's."),
  ),
  should(
    "13.3d",
    "operator",
    "Extended cards hold nothing that would harm if leaked.",
    operators("The extended card is its author's."),
  ),
  must("13.3e", "server", "Permissions are checked before the extended card is shown.", extendedCard),
  should(
    "13.3f",
    "client",
    "The extended card replaces the public one.",
    calls("%s > the extended card becomes the client's card"),
  ),
  should(
    "13.3g",
    "server",
    "Nobody is left with an old extended card: it is never kept by caches.",
    extendedCard,
  ),
  must(
    "13.3h",
    "server",
    "UNSUPPORTED_OPERATION without an extended card, EXTENDED_AGENT_CARD_NOT_CONFIGURED when only promised.",
    capabilities("over %s > the extended card of an agent without one, and of one that promised it"),
    2,
  ),

  must(
    "13.4a",
    "operator",
    "In production connections are encrypted.",
    tls("TLS 1.3 is spoken, nothing older than 1.2"),
  ),
  should("13.4b", "server", "TLS is modern.", tls("TLS 1.3 is spoken, nothing older than 1.2")),
  should(
    "13.4c",
    "server",
    "HSTS is sent.",
    sockets("listen > speaks TLS and tells browsers to stay with it"),
  ),
  should(
    "13.4d",
    "server",
    "Old versions of TLS are refused.",
    tls("TLS 1.3 is spoken, nothing older than 1.2"),
  ),
  must(
    "13.4e",
    "server",
    "Input is checked before it is used.",
    badInput(
      "messages to send > %s",
      "lists > %s %j",
      "bodies > %s",
      "envelopes of JSON-RPC > %j",
      "paths of HTTP+JSON > %s %s",
    ),
  ),
  should("13.4f", "server", "Size and complexity of requests are limited.", [
    ...sockets("bodies > over the limit, %s, get 413 in the form of the binding"),
    ...badInput("messages to send > 40,000-deep nesting in %s", "leaves memory where it was"),
  ]),
  should("13.4g", "server", "Unexpected media types are refused.", [
    ...messages("over %s > media types that the agent does not take are refused, naming the part"),
    ...badInput("bodies > content type %s"),
  ]),
  must("13.4h", "server", "Credentials are secrets.", [
    ...access("over %s > refusals and failures are logged, without credentials"),
    ...auth("no refusal repeats what was sent"),
    ...configs("a configuration is handed back with url, id and scheme, never with its secrets"),
  ]),
  should(
    "13.4i",
    "operator",
    "Credentials are rotated, revoked, and sent over encrypted connections only.",
    operators("Tokens can be looked up by a function, which may stop knowing one at any time."),
    3,
  ),
  should(
    "13.4j",
    "server",
    "Failed authentications are logged.",
    access("over %s > refusals and failures are logged, without credentials"),
  ),
  should(
    "13.4k",
    "server",
    "What concerns security is logged.",
    access("over %s > refusals and failures are logged, without credentials"),
  ),
  should(
    "13.4l",
    "operator",
    "Unusual patterns are watched for; sensitive operations leave a trail.",
    watching,
    2,
  ),
  must("13.4m", "server", "Logs hold no credentials.", [
    ...access("over %s > refusals and failures are logged, without credentials"),
    ...push("nothing that is logged about a webhook holds its secrets"),
  ]),
  should("13.4n", "server", "Rates are limited.", watching),
  should(
    "13.4o",
    "server",
    "Who exceeds a limit is told so.",
    access("over %s > an interceptor can hold a caller to a rate, which is an error of its own"),
  ),
  must("13.4p", "operator", "Data protection law is obeyed.", operators("No code can promise that.")),
  should(
    "13.4q",
    "server",
    "Users can have their data deleted; data is kept by a policy.",
    retention(
      "{name}: retention > removes what ended long enough ago, folded or not, with all that belongs to it",
      "{name}: retention > keeps as many of each owner as is said of it",
    ),
    2,
  ),
  should(
    "13.4r",
    "server",
    "Logs hold little of what is sensitive or personal.",
    access("over %s > refusals and failures are logged, without credentials"),
  ),
  must("13.4s", "others", "Custom bindings document their security.", custom, 2),
  should("13.4t", "others", "Custom bindings follow the same principles.", custom),
];
