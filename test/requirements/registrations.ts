/** Chapter 14 and the appendices: registrations, and how older names go. */
import { elsewhere, must, notOurs, type Requirement, should } from "./row.js";
import {
  access,
  badInput,
  calls,
  csvSource,
  everyCall,
  firstServer,
  foreign,
  handler,
  olderServer,
  outgoing,
  serving,
  sockets,
  tls,
} from "./test-files.js";

const editors = notOurs("It binds the editors of the specification.");

export const registrations: readonly Requirement[] = [
  must("14.1.1a", "both", "JSON is UTF-8.", sockets("bodies > that are not UTF-8 are refused")),
  must(
    "14.1.1b",
    "server",
    "Content is checked against the schema before it is used.",
    badInput("messages to send > %s"),
  ),
  must(
    "14.1.1c",
    "agent",
    "What users send is made harmless where it could be executed.",
    csvSource("what is not CSV is refused, with the reason > %s"),
  ),
  must("14.1.1d", "server", "References to files cannot be used to reach inside.", [
    ...outgoing("addresses > nothing is connected to before its address was checked"),
    ...csvSource("a URL > that cannot be fetched fails with the reason"),
  ]),
  must("14.1.1e", "server", "Authentication and authorization are those of section 7.", [
    ...everyCall,
    ...foreign,
  ]),
  must(
    "14.1.1f",
    "operator",
    "Sensitive content is protected as the law wants it.",
    notOurs("It binds who runs the agent. No code can promise that."),
  ),

  must("14.2.1a", "client", "A2A-Version is Major.Minor.", calls("%s > %s on the wire")),

  must("14.3a", "server", "The well-known URI gives an AgentCard.", [
    ...handler("agent card (8.2, 8.6) > is at %s, with what caches need"),
    ...serving("serve > answers on both bindings at the URLs of its card"),
  ]),
  should(
    "14.3b",
    "operator",
    "Public cards hold no credentials and no internals.",
    access(
      "over %s > the extended card is for those who may see it, may differ by caller, and is not kept by caches",
    ),
  ),
  should(
    "14.3c",
    "server",
    "Cards can be served over HTTPS.",
    tls("TLS 1.3 is spoken, nothing older than 1.2"),
  ),
  should(
    "14.3d",
    "client",
    "Signatures of cards are verified.",
    elsewhere("Cards are signed and verified in a later version."),
  ),
  must(
    "14.3e",
    "server",
    "Extended cards are protected.",
    access(
      "over %s > the extended card is for those who may see it, may differ by caller, and is not kept by caches",
    ),
  ),
];

export const appendices: readonly Requirement[] = [
  must("Aa", "others", "Older names stay resolvable.", editors),

  should("A.1a", "others", "Older anchors stay beside the new headings.", editors),

  should("A.2a", "client", "Clients understand old and new forms meanwhile.", [
    ...olderServer("over %s > sends and gets every kind of part"),
    ...firstServer("an agent that refuses what it does not know %s > is sent and sends every kind of part"),
  ]),

  must("A.3a", "others", "The list of older names is kept by hand.", editors),
];
