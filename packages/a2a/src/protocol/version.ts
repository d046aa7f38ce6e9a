/** What `A2A-Version` says (spec 3.6): Major.Minor counts, a patch number is ignored, nothing means 0.3. */

/** The version that this room describes. */
export const protocolVersion = "1.0";

/** @returns Major.Minor; undefined for what is no version */
export function askedVersion(sent: string | undefined): string | undefined {
  return /^(\d{1,4}\.\d{1,4})(\.\d{1,6})?$/.exec(sent?.trim() || "0.3")?.[1];
}
