/** Signatures as Standard Webhooks has them: over `id.timestamp.body`, by HMAC-SHA256 (`v1`) or Ed25519 (`v1a`). */
import { decodeBase64, encodeBase64 } from "../codec/index.js";

export const webhookHeaders = {
  id: "webhook-id",
  timestamp: "webhook-timestamp",
  signature: "webhook-signature",
} as const;

/** The headers that bring a configuration's token: receivers read the one or the other. */
export const tokenHeaders = ["X-A2A-Notification-Token", "A2A-Notification-Token"] as const;

/** A key for Ed25519 as a JSON Web Key; `d` is there only in a private one. */
export interface Ed25519Jwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly d?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
}

export interface Jwks {
  readonly keys: readonly Ed25519Jwk[];
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Makes or checks one kind of signature. */
export interface Signing {
  readonly version: "v1" | "v1a";
  sign(content: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  verify(content: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

const secretPrefix = "whsec_";
const publicPrefix = "whpk_";

/** A secret that only signs and never travels with what it signs. */
export const isSigningSecret = (secret: string): boolean => secret.startsWith(secretPrefix);

/**
 * Signing with a secret that both sides know: the bytes after `whsec_` in base64, otherwise the text itself.
 * @throws TypeError when what follows `whsec_` is not base64, or nothing
 */
export function sharedSecret(secret: string | Uint8Array<ArrayBuffer>): Signing {
  const bytes = secretBytes(secret);
  if (bytes.length === 0) throw new TypeError("The secret of webhooks is empty");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return keyed("v1", "HMAC", () =>
    crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]),
  );
}

function secretBytes(secret: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (typeof secret !== "string") return secret;
  return isSigningSecret(secret)
    ? decodeBase64(secret.slice(secretPrefix.length))
    : new TextEncoder().encode(secret);
}

/** @throws TypeError when it is not a private key for Ed25519 */
export function privateKey(jwk: Ed25519Jwk): Signing {
  if (!isEd25519(jwk) || jwk.d === undefined) throw new TypeError("Not a private key for Ed25519");
  const { kty, crv, x, d } = jwk;
  return keyed("v1a", "Ed25519", () =>
    crypto.subtle.importKey("jwk", { kty, crv, x, d }, "Ed25519", false, ["sign"]),
  );
}

/**
 * Checking with a public key: `whpk_` and base64, or a JSON Web Key.
 * @throws TypeError when it is neither
 */
export function publicKey(key: string | Ed25519Jwk): Signing {
  if (typeof key === "string") {
    if (!key.startsWith(publicPrefix)) throw new TypeError("A public key for webhooks begins with whpk_");
    const bytes = decodeBase64(key.slice(publicPrefix.length));
    return keyed("v1a", "Ed25519", () => crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]));
  }
  if (!isEd25519(key)) throw new TypeError("Not a key for Ed25519");
  const { kty, crv, x } = key;
  return keyed("v1a", "Ed25519", () =>
    crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"]),
  );
}

export const isEd25519 = ({ kty, crv, x }: Ed25519Jwk): boolean =>
  kty === "OKP" && crv === "Ed25519" && x !== undefined;

/** The key is imported when it is first needed. */
function keyed(version: Signing["version"], algorithm: string, load: () => Promise<Key>): Signing {
  let loading: Promise<Key> | undefined;
  const key = () => {
    loading ??= load();
    return loading;
  };
  return {
    version,
    sign: async (content) => crypto.subtle.sign(algorithm, await key(), content),
    verify: async (content, signature) => crypto.subtle.verify(algorithm, await key(), signature, content),
  };
}

const encoder = new TextEncoder();

/** What is signed. */
export function signedContent(id: string, timestamp: string, body: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${id}.${timestamp}.${body}`);
}

/** One signature for the header. */
export async function signatureOf(signing: Signing, content: Uint8Array<ArrayBuffer>): Promise<string> {
  return `${signing.version},${encodeBase64(new Uint8Array(await signing.sign(content)))}`;
}
