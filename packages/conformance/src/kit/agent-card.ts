/** The card as far as the kit needs it to know what to check, in any version's form. */
import { at, type Fields, fieldsOf, listOf } from "./wire/json.js";

/** Where the card came from; a file has no header fields. */
export interface CardSource {
  /** URL or path. */
  readonly origin: string;
  /** The URL to ask for it again. */
  readonly url?: string | undefined;
}

/** An interface that a card declares. */
export interface Interface {
  readonly url: string;
  readonly binding: string;
  /** As declared. */
  readonly version: string;
  readonly tenant?: string | undefined;
}

/** The interfaces of a card: of 1.0, or of the form that 0.3 has. */
export function interfacesOf(card: Fields): Interface[] {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  if (Array.isArray(card["supportedInterfaces"])) {
    return card["supportedInterfaces"].map((each) => {
      const { url, protocolBinding, protocolVersion, tenant } = fieldsOf(each);
      return {
        url: text(url),
        binding: text(protocolBinding),
        version: text(protocolVersion),
        tenant: text(tenant) || undefined,
      };
    });
  }
  const version = text(card["protocolVersion"]) || "0.3.0";
  const all = [
    { url: card["url"], transport: card["preferredTransport"] ?? "JSONRPC" },
    ...listOf(card["additionalInterfaces"]).map(fieldsOf),
  ].map(({ url, transport }) => ({ url: text(url), binding: text(transport), version }));
  return all.filter(
    (each, i) =>
      each.url !== "" &&
      all.findIndex(({ url, binding }) => url === each.url && binding === each.binding) === i,
  );
}

/** Major and minor: the patch does not matter (3.6). */
export function minorOf(version: string): string {
  const [major = "", minor = "0"] = version.split(".");
  return `${major}.${minor}`;
}

export function hasCapability(card: Fields, name: string): boolean {
  return at(card, "capabilities", name) === true;
}

/** URIs of the extensions that callers have to declare. */
export function requiredExtensions(card: Fields): string[] {
  return listOf(at(card, "capabilities", "extensions"))
    .map(fieldsOf)
    .flatMap(({ uri, required }) => (required === true && typeof uri === "string" ? [uri] : []));
}

/** Whether every call needs credentials: there are requirements, and none of them is empty. */
export function wantsCredentials(card: Fields): boolean {
  const requirements = listOf(card["securityRequirements"] ?? card["security"]).map(fieldsOf);
  return (
    requirements.length > 0 &&
    requirements.every((each) => Object.keys(fieldsOf(each["schemes"] ?? each)).length > 0)
  );
}
