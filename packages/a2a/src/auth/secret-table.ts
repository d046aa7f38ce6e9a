/**
 * Secrets to values, found in constant time for the number of secrets and without saying through
 * timing how close a guess was: a checksum under random keys of this process picks the few secrets
 * to compare with, and every comparison runs over the whole guess, also when there is nothing to find.
 * No hash of node:crypto or WebCrypto: one is not everywhere, the other costs a promise per request.
 */
export class SecretTable<T> {
  readonly #buckets = new Map<number, Candidate<T>[]>();
  readonly #nothing: readonly Candidate<T>[] = [{ secret: "\0", value: undefined }];
  readonly #seed: number;
  readonly #multiplier: number;

  constructor() {
    const [seed = 0, multiplier = 0] = crypto.getRandomValues(new Uint32Array(2));
    this.#seed = seed;
    this.#multiplier = multiplier | 1;
  }

  /** @param secret Not empty. */
  add(secret: string, value: T): void {
    const key = this.#checksum(secret);
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.push({ secret, value });
    else this.#buckets.set(key, [{ secret, value }]);
  }

  find(guess: string): T | undefined {
    let found: T | undefined;
    for (const { secret, value } of this.#buckets.get(this.#checksum(guess)) ?? this.#nothing) {
      if (same(secret, guess)) found = value;
    }
    return found;
  }

  #checksum(text: string): number {
    let sum = this.#seed;
    for (let i = 0; i < text.length; i++) {
      sum = Math.imul(sum ^ text.charCodeAt(i), this.#multiplier);
      sum ^= sum >>> 15;
    }
    return sum;
  }
}

interface Candidate<T> {
  readonly secret: string;
  readonly value: T | undefined;
}

/** Whether a guess is the secret, in time that depends on the guess alone. @param secret Not empty. */
export function same(secret: string, guess: string): boolean {
  let difference = secret.length ^ guess.length;
  for (let i = 0; i < guess.length; i++) {
    difference |= secret.charCodeAt(i % secret.length) ^ guess.charCodeAt(i);
  }
  return difference === 0;
}
