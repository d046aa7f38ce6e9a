/** (tenant, principal) as one string that no other pair gives. */
export function ownerOf(tenant: string | undefined, principalId: string | undefined): string {
  if (tenant === undefined && principalId === undefined) return "";
  const { length } = tenant ?? "";
  return `${length}:${tenant ?? ""}${principalId === undefined ? "" : `=${principalId}`}`;
}

/** The tenant of an owner; undefined where there is none. */
export function tenantOfOwner(owner: string): string | undefined {
  const at = owner.indexOf(":") + 1;
  return owner.slice(at, at + Number(owner.slice(0, Math.max(0, at - 1)))) || undefined;
}
