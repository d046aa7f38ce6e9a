/** Settings that are URLs, or lists of them, may have passwords in them, which are nobody's to read. */

/** What stands before a secret, and the secret. Of a store or a bus, all that can be one, also if it is not encoded. */
const secrets: readonly RegExp[] = [
  /^((?:postgres(?:ql)?|nats|tls):\/\/[^/?#:@]*):(.+)@/i,
  // NATS takes what would be a user as a token.
  /^((?:nats|tls):\/\/)([^/?#:@]+)@/i,
  /^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):([^/?#@]+)@/i,
];
const inQuery = /([?&](?:ssl)?password=)([^&#]+)/gi;

const urlsIn = (value: string): string[] => value.split(/(?<=,)(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i);

/** Passwords as they stand in the URLs. */
export function passwordsIn(value: unknown): string[] {
  if (typeof value !== "string") return [];
  return urlsIn(value).flatMap((url) => {
    const found = secrets
      .map((secret) => secret.exec(url.trimStart())?.[2])
      .find((each) => each !== undefined);
    const queried = [...url.matchAll(inQuery)].map(([, , password = ""]) => password);
    return found === undefined ? queried : [found, ...queried];
  });
}

export function withoutPassword(value: string): string {
  return urlsIn(value)
    .map((url) => {
      const bare = url.trimStart();
      const secret = secrets.find((each) => each.test(bare));
      return (secret === undefined ? bare : bare.replace(secret, "$1@")).replace(inQuery, "$1…");
    })
    .join("");
}
