/** Extensions (spec 4.6): what the client asks for and the card declares is active; what the card requires must be asked for. */
import { A2AError, type AgentCard } from "../protocol/index.js";

const none: readonly string[] = [];

/**
 * @param header `A2A-Extensions` as sent: URIs separated by commas.
 * @returns the URIs that are active. Unknown ones are ignored; another version of a URI is another extension.
 * @throws A2AError EXTENSION_SUPPORT_REQUIRED
 */
export function activateExtensions(header: string | undefined, card: AgentCard): readonly string[] {
  const declared = card.capabilities.extensions;
  if (declared === undefined || declared.length === 0) return none;
  const asked = header ? header.split(",").map((uri) => uri.trim()) : none;
  const missing = declared.filter(({ uri, required }) => required && uri && !asked.includes(uri));
  if (missing.length > 0) {
    const uris = missing.map(({ uri }) => uri).join(",");
    throw new A2AError("EXTENSION_SUPPORT_REQUIRED", `The agent requires these A2A-Extensions: ${uris}`, {
      metadata: { requiredExtensions: uris },
    });
  }
  if (asked.length === 0) return none;
  return declared.flatMap(({ uri }) => (uri && asked.includes(uri) ? [uri] : []));
}
