/** The card itself (spec 8, 4.4). */
import { tryCheck } from "@parley/a2a/codec";
import { type CardSource, interfacesOf, minorOf } from "../agent-card.js";
import { type Check, ensure, may, must, need, should } from "../check.js";
import { originOf } from "../wire/grpc-channel.js";
import { type HttpAnswer, http } from "../wire/http.js";
import { type Fields, fieldsOf, isFields, listOf, parsed } from "../wire/json.js";
import type { Line } from "../wire/line.js";
import { snakeNames } from "../wire/names.js";

/** What card checks look at. */
export interface CardSubject {
  readonly line: Line;
  readonly source: CardSource;
  readonly card: Fields;
  /** The answer it came in, unless it was read from a file. */
  readonly answer: HttpAnswer | undefined;
}

const isLocal = (url: string) =>
  /^\w+:\/\/(localhost|127\.|\[::1\]|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/i.test(url);

/** A card of before 1.0 has checks of its own. */
function current({ card }: CardSubject): Fields {
  need(card["url"] === undefined || card["supportedInterfaces"] !== undefined, "the card is one of 0.3");
  return card;
}

/** The answer with the card; what HTTP says with it is a matter of 1.0. */
function fetched(subject: CardSubject): HttpAnswer {
  current(subject);
  return came(subject);
}

function came({ answer }: CardSubject): HttpAnswer {
  need(answer !== undefined, "the card was read from a file");
  return answer;
}

const violations = (card: Fields) => {
  const result = tryCheck("AgentCard", card, { mode: "request" });
  return result.ok ? [] : result.violations;
};
const isEmpty = (description: string) => description === "must not be empty";

export const cardChecks: readonly Check<CardSubject>[] = [
  must("card.available", "8.1", "The card is there: a JSON object, with status 200.", async (subject) => {
    const { status, body, exchange } = came(subject);
    ensure(status === 200 && isFields(parsed(body)), "status 200 and a JSON object", exchange);
  }),
  must(
    "card.complete",
    "5.7",
    "Every required field is there, and every field has its type.",
    async (subject) => {
      const wrong = violations(current(subject)).filter(({ description }) => !isEmpty(description));
      const got = wrong.map(({ field, description }) => `${field || "card"}: ${description}`).join("; ");
      ensure(wrong.length === 0, "an AgentCard (4.4.1)", subject.answer?.exchange, got);
    },
  ),
  should("card.filled", "5.7", "Required lists and texts are not empty.", async (subject) => {
    const empty = violations(current(subject)).filter(({ description }) => isEmpty(description));
    const got = `${empty.map(({ field }) => field).join(", ")}: empty`;
    ensure(empty.length === 0, "something in every required field", subject.answer?.exchange, got);
  }),
  must("card.names", "5.5", "JSON names are camelCase.", async (subject) => {
    const names = snakeNames("AgentCard", current(subject));
    ensure(names.length === 0, "names in camelCase", subject.answer?.exchange, names.join(", "));
  }),
  must(
    "card.urls",
    "8.3.1",
    "Every interface has an address: a URL, or host and port for gRPC.",
    async (subject) => {
      const wrong = interfacesOf(current(subject)).filter(
        ({ url, binding }) => !URL.canParse(binding === "GRPC" ? originOf(url) : url),
      );
      const got = wrong.map(({ url }) => `“${url}”`).join(", ");
      ensure(wrong.length === 0, "absolute URLs", subject.answer?.exchange, got);
    },
  ),
  should(
    "card.binding-names",
    "5.8",
    "Bindings are JSONRPC, HTTP+JSON, GRPC, or named by a URI.",
    async (subject) => {
      const wrong = interfacesOf(current(subject)).filter(
        ({ binding }) => !["JSONRPC", "HTTP+JSON", "GRPC"].includes(binding) && !URL.canParse(binding),
      );
      const got = wrong.map(({ binding }) => `“${binding}”`).join(", ");
      ensure(wrong.length === 0, "names that clients know", subject.answer?.exchange, got);
    },
  ),
  should(
    "card.versions",
    "3.6",
    "Versions of interfaces are major and minor, without a patch number.",
    async (subject) => {
      const wrong = interfacesOf(current(subject)).filter(({ version }) => version !== minorOf(version));
      const got = wrong.map(({ version }) => `“${version}”`).join(", ");
      ensure(wrong.length === 0, "versions such as 1.0", subject.answer?.exchange, got);
    },
  ),
  should("card.https", "4.4.6", "In production, addresses are those of HTTPS.", async (subject) => {
    const remote = interfacesOf(current(subject)).map(({ url, binding }) =>
      binding === "GRPC" ? originOf(url) : url,
    );
    const beyond = remote.filter((url) => !isLocal(url));
    need(beyond.length > 0, "every interface is on this machine or a private network");
    const plain = beyond.filter((url) => !/^https:/i.test(url));
    ensure(plain.length === 0, "https://", subject.answer?.exchange, plain.join(", "));
  }),
  should("card.skill-ids", "4.4.5", "Every skill has an id of its own.", async (subject) => {
    const ids = listOf(current(subject)["skills"]).map((skill) => fieldsOf(skill)["id"]);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    ensure(twice.length === 0, "each id once", subject.answer?.exchange, `twice: ${twice.join(", ")}`);
  }),
  should("card.cache-control", "8.6.1", "The card comes with Cache-Control and max-age.", async (subject) => {
    const { headers, exchange } = fetched(subject);
    ensure(/max-age=\d+/.test(headers.get("cache-control") ?? ""), "Cache-Control with max-age", exchange);
  }),
  should("card.etag", "8.6.1", "The card comes with an ETag.", async (subject) => {
    const { headers, exchange } = fetched(subject);
    ensure(headers.get("etag") !== null, "an ETag", exchange);
  }),
  should("card.conditional", "8.6", "Who has the card already is told so (304).", async (subject) => {
    const etag = fetched(subject).headers.get("etag");
    need(etag !== null && subject.source.url !== undefined, "the card has no ETag");
    const headers = { "if-none-match": etag, accept: "application/json" };
    const { status, exchange } = await http(subject.line, {
      method: "GET",
      url: subject.source.url,
      headers,
      credentials: false,
    });
    ensure(status === 304, "status 304", exchange);
  }),
  may("card.last-modified", "8.6.1", "The card comes with Last-Modified.", async (subject) => {
    const { headers, exchange } = fetched(subject);
    ensure(headers.get("last-modified") !== null, "Last-Modified", exchange);
  }),
  must("card.signatures", "8.4.2", "Signatures name their algorithm and key.", async (subject) => {
    const signatures = listOf(current(subject)["signatures"]).map(fieldsOf);
    need(signatures.length > 0, "the card is not signed");
    for (const { protected: header, signature } of signatures) {
      const { alg, kid } = fieldsOf(parsed(Buffer.from(String(header), "base64url").toString()));
      const holds = typeof alg === "string" && typeof kid === "string" && typeof signature === "string";
      ensure(holds, "a signature, and alg and kid in its protected header", subject.answer?.exchange);
    }
  }),
];
