import { decodeBase64, encodeBase64 } from "../codec/index.js";
import type { StoredPushConfig } from "../ports/index.js";
import type { AuthenticationInfo } from "../protocol/index.js";
import { loggable } from "./config.js";

/** What is encrypted of a configuration. */
type Secrets = Pick<StoredPushConfig, "url" | "token"> & Pick<AuthenticationInfo, "credentials">;

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const ivBytes = 12;

/** Encrypts the secrets of configurations before they are kept: AES-256-GCM, bound to task and configuration. */
export class Vault {
  /** The first one encrypts. */
  readonly #keys: readonly (() => Promise<Key>)[];

  /**
   * @param keys 32 bytes each, in base64. All of them decrypt; without any, configurations are kept as they are.
   * @throws TypeError when one is not
   */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map((text) => {
      const bytes = decodeBase64(text);
      if (bytes.length !== 32) throw new TypeError("An encryption key is 32 bytes in base64");
      let key: Promise<Key> | undefined;
      return () => {
        key ??= crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
        return key;
      };
    });
  }

  async seal(config: StoredPushConfig): Promise<StoredPushConfig> {
    const load = this.#keys[0];
    if (load === undefined) return config;
    const { url, token, authentication, ...rest } = config;
    const secrets: Secrets = { url, token, credentials: authentication?.credentials };
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
    const text = new TextEncoder().encode(JSON.stringify(secrets));
    const box = new Uint8Array(await crypto.subtle.encrypt(parameters(config, iv), await load(), text));
    const bytes = new Uint8Array(ivBytes + box.length);
    bytes.set(iv);
    bytes.set(box, ivBytes);
    return {
      ...rest,
      url: loggable(url),
      ...(authentication && { authentication: { scheme: authentication.scheme } }),
      sealed: encodeBase64(bytes),
    };
  }

  /** @throws Error when it was encrypted with a key that is not here */
  async open(config: StoredPushConfig): Promise<StoredPushConfig> {
    const { sealed, ...rest } = config;
    if (sealed === undefined) return config;
    const bytes = decodeBase64(sealed);
    const algorithm = parameters(config, bytes.slice(0, ivBytes));
    for (const load of this.#keys) {
      const text = await crypto.subtle
        .decrypt(algorithm, await load(), bytes.slice(ivBytes))
        .catch(() => undefined);
      if (text === undefined) continue;
      const { url, token, credentials } = JSON.parse(new TextDecoder().decode(text)) as Secrets;
      const { authentication } = rest;
      return {
        ...rest,
        url,
        ...(token && { token }),
        ...(authentication && { authentication: { ...authentication, ...(credentials && { credentials }) } }),
      };
    }
    throw new Error("The configuration is encrypted with a key that is not known");
  }
}

/** A box that is put beside another configuration does not open. */
function parameters({ taskId, id }: StoredPushConfig, iv: Uint8Array<ArrayBuffer>) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(JSON.stringify([taskId, id])) };
}
