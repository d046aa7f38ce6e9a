/** Chapter 8: the agent card. */
import { elsewhere, must, type Requirement, should } from "./row.js";
import { calls, canonical, discovery, handler, serving } from "./test-files.js";

const signing = elsewhere("Cards are signed and verified in a later version.");

export const agentCard: readonly Requirement[] = [
  must("8.1a", "server", "Every server publishes a card.", [
    ...handler("agent card (8.2, 8.6) > is at %s, with what caches need"),
    ...serving("serve > answers on both bindings at the URLs of its card"),
  ]),

  must(
    "8.3a",
    "server",
    "The card declares the protocols that are served.",
    serving("serve > answers on both bindings at the URLs of its card"),
  ),

  should(
    "8.3.1a",
    "server",
    "All interfaces are declared, the preferred one first.",
    serving("serve > answers on both bindings at the URLs of its card"),
  ),
  must(
    "8.3.1b",
    "server",
    "Each interface has its true binding and URL.",
    serving(
      "serve > answers on both bindings at the URLs of its card",
      "serve > keeps to its base path, also in the card",
      "serve > tells its public URL, never what a Host header claims",
    ),
  ),

  must(
    "8.3.2a",
    "client",
    "The client takes the first interface it speaks, at its URL, and sends exactly its tenant.",
    [
      ...discovery("choosing an interface (spec 8.3.2) > %s"),
      ...calls(
        "%s > %s on the wire",
        "%s > no tenant where the interface has none, whatever the caller says",
      ),
    ],
  ),

  must(
    "8.4.1a",
    "both",
    "What is signed is the canonical JSON of RFC 8785.",
    canonical(
      "canonical JSON is what the reference implementation of RFC 8785 makes",
      "the sample of RFC 8785 comes out as printed there",
    ),
    2,
  ),
  must(
    "8.4.1b",
    "both",
    "It keeps required fields and optional ones that were set, and leaves out other defaults and unset fields.",
    canonical(
      "the card of spec 8.4.1 keeps required and set optional fields, and no other defaults",
      "defaults are left out at every depth, free-form JSON and unknown members stay",
    ),
    5,
  ),
  must(
    "8.4.1c",
    "both",
    "Signatures are not part of what is signed.",
    canonical("the card of spec 8.4.1 keeps required and set optional fields, and no other defaults"),
  ),

  must("8.4.2a", "operator", "The protected header names algorithm and key.", signing),
  should("8.4.2b", "operator", "Its type is JOSE.", signing),

  must(
    "8.4.3a",
    "client",
    "Signatures are verified over the canonical card, never with expired or revoked keys.",
    signing,
    2,
  ),
  should(
    "8.4.3b",
    "client",
    "A signature is verified before a card is trusted, with keys from secure channels.",
    signing,
    2,
  ),

  should("8.6a", "both", "Cards are cached by the rules of HTTP.", [
    ...handler("agent card (8.2, 8.6) > is at %s, with what caches need"),
    ...discovery("caching (RFC 9111) > %s"),
  ]),

  should(
    "8.6.1a",
    "server",
    "The card comes with Cache-Control and max-age.",
    handler("agent card (8.2, 8.6) > is at %s, with what caches need"),
  ),
  should(
    "8.6.1b",
    "server",
    "The card comes with an ETag that changes with it.",
    handler(
      "agent card (8.2, 8.6) > is at %s, with what caches need",
      "agent card (8.2, 8.6) > has another tag when it changes",
    ),
  ),

  should(
    "8.6.2a",
    "client",
    "The client keeps a card as long as RFC 9111 lets it.",
    discovery(
      "caching (RFC 9111) > %s",
      "caching (RFC 9111) > no-store is not kept, not even for a conditional request",
      "caching (RFC 9111) > callers with other header fields do not share a card",
    ),
  ),
  should(
    "8.6.2b",
    "client",
    "An expired card is asked for conditionally.",
    discovery("caching (RFC 9111) > a 304 makes the card fresh again, and keeps its ETag"),
  ),
];
