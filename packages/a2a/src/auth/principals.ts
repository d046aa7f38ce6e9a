import type { MaybePromise } from "../ports/index.js";
import type { Principal } from "./contract.js";
import { SecretTable } from "./secret-table.js";

/** Secret to principal, or to the principal's id alone. */
export type PrincipalTable = Readonly<Record<string, Principal | string>>;

/** Where the principal of a secret comes from: a fixed table, or a function that looks it up (undefined: unknown). */
export type Principals = PrincipalTable | ((secret: string) => MaybePromise<Principal | undefined>);

/** One way to ask for both kinds. Throws TypeError for a table with an unusable secret or principal. */
export function lookup(
  principals: Principals,
  usable: (secret: string) => boolean,
): (secret: string) => MaybePromise<Principal | undefined> {
  if (typeof principals === "function") return principals;
  const table = new SecretTable<Principal>();
  for (const [secret, value] of Object.entries(principals)) {
    const principal = typeof value === "string" ? { id: value } : value;
    if (principal.id === "") throw new TypeError("A principal needs an id");
    if (!usable(secret)) throw new TypeError(`The secret of ${principal.id} cannot be sent in a request`);
    table.add(secret, principal);
  }
  return (secret) => table.find(secret);
}
