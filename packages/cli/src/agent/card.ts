/** From `--agent-card` to a card: a host or origin, the URL of a card, or a file (10.1). */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  type ClientOptions,
  cardUrl,
  findCard as findPublished,
  memoryCardCache,
  TransportError,
} from "@parley/a2a/client";
import { tryCheck } from "@parley/a2a/codec";
import { A2AError, type AgentCard, type FieldViolation } from "@parley/a2a/protocol";
import type { Io } from "../io.js";
import { localPath, reasonOf } from "../local-file.js";
import { Failure, usage } from "../output/index.js";

export interface FoundCard {
  readonly card: AgentCard;
  /** As published: with everything this version of the protocol does not know. */
  readonly published: unknown;
  /** The URL or path it came from. */
  readonly origin: string;
}

/**
 * @param options With the versions that read cards which are older than 1.0.
 * @throws Failure A2ACLI_ERR_USAGE, CARD_NOT_FOUND, CARD_INVALID, UNREACHABLE, CREDENTIALS_MISSING
 */
export async function findCard(
  reference: string | undefined,
  options: ClientOptions,
  signal: AbortSignal,
  io: Io,
): Promise<FoundCard> {
  const place = placeOf(reference, io);
  return "url" in place ? fromUrl(place.url, options, signal) : fromFile(place.path, options.versions);
}

/**
 * Where a reference leads: a card on the web or in a file.
 * @throws Failure A2ACLI_ERR_USAGE
 */
export function placeOf(
  reference: string | undefined,
  io: Io,
): { readonly url: string } | { readonly path: string } {
  if (reference === undefined)
    throw usage("no agent was named", "Add -a <host, card URL or file>, or set A2ACLI_AGENT_CARD.");
  const path = pathOf(reference, io.cwd);
  if (path !== undefined) return { path };
  try {
    return { url: cardUrl(reference) };
  } catch {
    throw usage(`"${reference}" names no agent`, "Write a host, a URL or the path of a card file.");
  }
}

/**
 * The document in a file, whatever it is.
 * @throws Failure A2ACLI_ERR_CARD_NOT_FOUND, CARD_INVALID
 */
export async function readDocument(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new Failure("A2ACLI_ERR_CARD_NOT_FOUND", `the card ${path} cannot be read (${reasonOf(error)})`, {
      hint: "For a card on the web write its URL with https://.",
    });
  }
  return parse(text, path);
}

/** Everything the card breaks of the schema, as a publisher would be told. */
export function cardViolations(published: unknown): readonly FieldViolation[] {
  const result = tryCheck("AgentCard", published, { mode: "request" });
  return result.ok ? [] : result.violations;
}

/** A path is what says so: `file://`, a leading dot, slash or tilde, `.json` without a scheme, or a file that exists. */
function pathOf(reference: string, cwd: string): string | undefined {
  if (/^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(reference)) return undefined;
  const path = localPath(reference, cwd);
  return /^(file:|[./~\\])|\.json$/i.test(reference) || existsSync(path) ? path : undefined;
}

async function fromFile(path: string, versions: ClientOptions["versions"] = []): Promise<FoundCard> {
  const published = await readDocument(path);
  const older = versions.map((version) => version.readCard(published)).findLast((card) => card !== undefined);
  const result = tryCheck("AgentCard", older ?? published, { mode: "lenient" });
  if (!result.ok) throw invalid(path, result.violations);
  return { card: result.value, published, origin: path };
}

async function fromUrl(url: string, options: ClientOptions, signal: AbortSignal): Promise<FoundCard> {
  // A cache of its own: one command asks once, and must see what was published.
  let body = "";
  const onResponse: ClientOptions["onResponse"] = (response) => {
    body = response.body ?? "";
    options.onResponse?.(response);
  };
  try {
    const card = await findPublished(
      url,
      { ...options, onResponse, cardCache: memoryCardCache() },
      { signal },
    );
    return { card, published: parse(body, url), origin: url };
  } catch (error) {
    throw signal.aborted ? error : unresolved(error, url);
  }
}

function unresolved(error: unknown, url: string): unknown {
  if (error instanceof TransportError && /is not used:/.test(error.message))
    return usage(
      error.message,
      "Write a host, a URL or the path of a card file. Credentials go into A2ACLI_BEARER or A2ACLI_API_KEY.",
    );
  if (error instanceof TransportError)
    return error.kind === "http"
      ? new Failure("A2ACLI_ERR_CARD_NOT_FOUND", error.message, {
          hint: /redirects to/.test(error.message)
            ? "Redirects of a card are not followed: pass that URL with -a, if you trust it."
            : wellKnown(url),
          cause: error,
        })
      : unreachable(error);
  if (!(error instanceof A2AError)) return error;
  if (error.reason === "INVALID_AGENT_RESPONSE" || error.reason === "PARSE_ERROR")
    return invalid(url, error.violations, error);
  if (error.reason === "UNAUTHENTICATED" || error.reason === "PERMISSION_DENIED")
    return new Failure(
      "A2ACLI_ERR_CREDENTIALS_MISSING",
      `${url} does not hand out the card: ${error.message}`,
      {
        hint: "Credentials are never sent to fetch a card. Save the card to a file and pass its path with -a.",
        cause: error,
      },
    );
  return new Failure("A2ACLI_ERR_CARD_NOT_FOUND", `${url} answered with an error: ${error.message}`, {
    hint: `Is this the address of a card? Below a base path it is ${new URL(url).href.replace(/\/+$/, "")}/.well-known/agent-card.json.`,
    cause: error,
  });
}

export function unreachable(error: Error): Failure {
  const { message } = error;
  const hint = /certificate/.test(message)
    ? "Trust its authority with NODE_EXTRA_CA_CERTS=<file>, or for development add --insecure."
    : /no TLS/.test(message)
      ? "Write its address with http:// in place of https://."
      : /connection closed at http:/.test(message)
        ? "Is the address right? A server with TLS needs https:// in place of http://."
        : "Is it running, and is the address right?";
  return new Failure("A2ACLI_ERR_UNREACHABLE", `the agent could not be reached: ${message}`, {
    hint,
    cause: error,
  });
}

/** Where the card of an agent is, for who was somewhere else. */
function wellKnown(url: string): string {
  const place = new URL("/.well-known/agent-card.json", url).href;
  return place === url
    ? "Is this the address of an agent?"
    : `Is this the address of an agent? Its card should be at ${place}.`;
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(origin, [
      { field: "", description: text.trim() === "" ? "it is empty" : "it is not JSON" },
    ]);
  }
}

function invalid(origin: string, violations: readonly FieldViolation[], cause?: Error): Failure {
  const details = violations.map(({ field, description }) =>
    field ? `${field}: ${description}` : description,
  );
  const reason = details.length > 0 ? details.join("; ") : cause?.message;
  const hint = /^https?:/i.test(origin)
    ? wellKnown(origin)
    : "A card is the JSON document that card get -o json prints.";
  return new Failure("A2ACLI_ERR_CARD_INVALID", `${origin} is not an agent card: ${reason}`, { hint, cause });
}
