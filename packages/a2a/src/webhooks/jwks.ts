/** Where a sender publishes the keys that its webhooks are signed with. */
import { type Ed25519Jwk, isEd25519, type Jwks, publicKey, type Signing } from "./signature.js";

/** Path below the agent's base URL. */
export const jwksPath = "/.well-known/jwks.json";

/** The public half of private keys, as it is published. */
export function publicJwks(keys: readonly Ed25519Jwk[]): Jwks {
  return {
    keys: keys.map(({ kty, crv, x, kid }) => ({
      kty,
      crv,
      x,
      ...(kid && { kid }),
      use: "sig",
      alg: "EdDSA",
    })),
  };
}

/** Public keys, perhaps looked up. `again` asks for newer ones than it gave last time. */
export type PublicKeys = (again: boolean) => Promise<readonly Signing[]>;

export interface JwksOptions {
  readonly fetch?: typeof fetch;
  /** How long keys are kept, in milliseconds; 10 minutes unless told. */
  readonly keepMillis?: number;
  /** How soon they may be asked for again when a signature fits none; 1 minute unless told. */
  readonly againMillis?: number;
  /** How long it may take to fetch them, in milliseconds; 10 seconds unless told. */
  readonly timeoutMillis?: number;
}

/** The keys at a URL, fetched when they are needed. Whose URL it is decides whose webhooks are accepted. */
export function keysAt(url: string, options: JwksOptions = {}): PublicKeys {
  const { fetch: get = fetch, keepMillis = 600_000, againMillis = 60_000, timeoutMillis = 10_000 } = options;
  let kept: { readonly at: number; readonly keys: Promise<readonly Signing[]> } | undefined;
  return (again) => {
    const age = kept === undefined ? Number.POSITIVE_INFINITY : performance.now() - kept.at;
    if (kept === undefined || age >= (again ? againMillis : keepMillis)) {
      const keys = load(url, get, AbortSignal.timeout(timeoutMillis));
      kept = { at: performance.now(), keys };
      const own = kept;
      keys.catch(() => {
        if (kept === own) kept = undefined;
      });
    }
    return kept.keys;
  };
}

async function load(url: string, get: typeof fetch, signal: AbortSignal): Promise<readonly Signing[]> {
  const response = await get(url, { headers: { accept: "application/json" }, redirect: "error", signal });
  if (!response.ok)
    throw new Error(`The keys at ${new URL(url).origin} were answered with ${response.status}`);
  return keysOf((await response.json()) as Jwks);
}

/** The keys for Ed25519 in a set. */
export function keysOf({ keys }: Jwks): readonly Signing[] {
  return keys.filter(isEd25519).map((key) => publicKey(key));
}
