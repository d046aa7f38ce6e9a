/** Extensions (spec 4.6): what the client asks for and the card declares is active; what the card requires must be asked for. */
import { A2AError, type AgentCard } from "../protocol/index.js";

const none: readonly string[] = [];

/**
 * What one card makes of `A2A-Extensions` as sent: URIs separated by commas. Gives the URIs that are active.
 * Unknown ones are ignored; another version of a URI is another extension.
 */
export type ActivateExtensions = (header: string | undefined) => readonly string[];

/** Reads the card once; what it gives throws EXTENSION_SUPPORT_REQUIRED. */
export function extensionsOf(card: AgentCard): ActivateExtensions {
  const declared = (card.capabilities.extensions ?? []).filter(({ uri }) => uri);
  const uris = declared.map(({ uri }) => uri as string);
  const required = declared.filter((each) => each.required).map(({ uri }) => uri as string);
  return (header) => {
    if (!header && required.length === 0) return none;
    const asked = header ? header.split(",").map((uri) => uri.trim()) : none;
    const missing = required.filter((uri) => !asked.includes(uri)).join(",");
    if (missing !== "") {
      throw new A2AError(
        "EXTENSION_SUPPORT_REQUIRED",
        `The agent requires these A2A-Extensions: ${missing}`,
        { metadata: { requiredExtensions: missing } },
      );
    }
    return uris.filter((uri) => asked.includes(uri));
  };
}
