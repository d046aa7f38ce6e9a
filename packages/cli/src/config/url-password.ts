/** Settings that are URLs may have a password in them, which is nobody's to read. */

/** Everything up to the last @ where that can only be a password, also one that was not encoded as it should be. */
const withPassword =
  /^((?:postgres(?:ql)?|nats|tls):\/\/[^/?#:@]*):(.*)@|^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):([^/?#@]*)@/i;
const inQuery = /([?&](?:ssl)?password=)([^&#]+)/gi;

/** Passwords as they stand in the URL. */
export function passwordsIn(value: unknown): string[] {
  if (typeof value !== "string") return [];
  const [, , database, , other] = withPassword.exec(value) ?? [];
  const queried = [...value.matchAll(inQuery)].map(([, , password]) => password);
  return [database, other, ...queried].filter((password): password is string => Boolean(password));
}

export const withoutPassword = (value: string): string =>
  value.replace(withPassword, (_, database, __, other) => `${database ?? other}@`).replace(inQuery, "$1…");
