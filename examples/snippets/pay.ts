/** A bank that knows what it has been told already. */
const paid = new Map<string, string>();

export async function pay(what: string, idempotencyKey: string): Promise<string> {
  const receipt = paid.get(idempotencyKey) ?? `${paid.size + 1}: ${what}`;
  paid.set(idempotencyKey, receipt);
  return receipt;
}
