/** How the agent of `parley serve` sends webhooks. */
import type { ServeOptions } from "@parley/a2a/node";
import { type Config, optionRow, parseValue } from "../config/index.js";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";
import { readText, wordsOfLines } from "./files.js";

type Webhooks = NonNullable<ServeOptions["webhooks"]>;

/** @throws Failure A2ACLI_ERR_USAGE, which says nothing of what is in a key */
export async function toWebhooks(config: Config, io: Io): Promise<Webhooks> {
  const keys = config.get("webhook-signing-keys");
  const timeoutMs = config.get("webhook-timeout");
  if (timeoutMs === 0) throw usage("--webhook-timeout must be more than 0");
  return {
    schedule: scheduleOf(config.get("webhook-schedule") ?? ""),
    timeoutMs,
    signingKeys:
      keys === undefined ? [] : signingKeysOf(await readText("--webhook-signing-keys", keys, io), keys),
    encryptionKeys: await encryptionKeysOf(config, io),
  };
}

function scheduleOf(text: string): number[] {
  if (text === "off") return [];
  const duration = optionRow("webhook-timeout");
  return text.split(",").map((pause) => Number(parseValue(duration, pause.trim(), "--webhook-schedule")));
}

/** A JSON Web Key or a set of them, all private and for Ed25519. */
function signingKeysOf(text: string, path: string): NonNullable<Webhooks["signingKeys"]> {
  const read = parsed(text);
  const keys = Array.isArray(read?.keys) ? read.keys : [read];
  if (keys.length === 0) throw usage(`${path} holds no keys`);
  return keys.map((key) => {
    const { kty, crv, x, d, kid } = Object(key) as Record<string, unknown>;
    if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || typeof d !== "string")
      throw usage(
        `--webhook-signing-keys: ${path} holds something else than private Ed25519 keys`,
        'Expected a JSON Web Key with kty OKP, crv Ed25519, x and d, or {"keys": [ … ]} with several.',
      );
    return { kty, crv, x, d, ...(typeof kid === "string" && { kid }) };
  });
}

function parsed(text: string): { readonly keys?: unknown } | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function encryptionKeysOf(config: Config, io: Io): Promise<readonly string[]> {
  const path = config.get("encryption-key-file");
  const given = config.get("encryption-keys");
  if (path !== undefined && given.length > 0)
    throw usage("--encryption-key-file and --encryption-keys contradict each other");
  const inFile =
    path === undefined
      ? []
      : wordsOfLines(await readText("--encryption-key-file", path, io)).map(({ words }) => words.join(" "));
  if (path !== undefined && inFile.length === 0) throw usage(`${path} holds no keys`);
  const keys = path === undefined ? given : inFile;
  const wrong = keys.findIndex((key) => !/^[A-Za-z0-9+/]{43}=$/.test(key));
  if (wrong !== -1)
    throw usage(
      `${path === undefined ? "--encryption-keys" : `--encryption-key-file: ${path}`}: key ${wrong + 1} is not 32 bytes in base64`,
      "Make one with: openssl rand -base64 32",
    );
  return keys;
}
