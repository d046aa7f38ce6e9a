import type { StoredPushConfig } from "../ports/index.js";
import { invalidField, type ListTaskPushNotificationConfigsRequest } from "../protocol/index.js";

const defaultSize = 50;
const maxSize = 100;

/**
 * One page, by id, so that what is created or deleted meanwhile moves no other configuration to another page.
 * @throws A2AError INVALID_PARAMS naming pageSize or pageToken
 */
export function page(
  configs: readonly StoredPushConfig[],
  { pageSize, pageToken }: Pick<ListTaskPushNotificationConfigsRequest, "pageSize" | "pageToken">,
): { readonly configs: readonly StoredPushConfig[]; readonly nextPageToken: string } {
  const size = pageSize || defaultSize;
  if (size < 1 || size > maxSize) throw invalidField("pageSize", `must be 1 to ${maxSize}`);
  const after = pageToken ? idOf(pageToken) : "";
  const rest = configs.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const last = rest[size - 1];
  return {
    configs: rest.slice(0, size),
    nextPageToken: last !== undefined && rest.length > size ? tokenOf(last.id) : "",
  };
}

/** The last id of a page, in characters that need no escape in a query. */
function tokenOf(id: string): string {
  return Array.from(new TextEncoder().encode(id), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function idOf(token: string): string {
  const bytes = token.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  const id = new TextDecoder().decode(Uint8Array.from(bytes));
  if (tokenOf(id) !== token) throw invalidField("pageToken", "not a token of an earlier page");
  return id;
}
