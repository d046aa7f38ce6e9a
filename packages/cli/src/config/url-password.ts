/** Settings that are URLs may have a password in them, which is nobody's to read. */

const withPassword = /^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):([^/?#@]*)@/i;

/** As it stands in the URL; undefined without one. */
export const passwordIn = (value: unknown): string | undefined =>
  typeof value === "string" ? withPassword.exec(value)?.[2] || undefined : undefined;

export const withoutPassword = (value: string): string => value.replace(withPassword, "$1@");
