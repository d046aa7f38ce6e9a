import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { blockList, isPublic } from "./addresses.js";
import { OutgoingError } from "./errors.js";

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface GuardOptions {
  /** Any address goes: for development and tests. Default false. */
  readonly allowPrivate?: boolean;
  /** What is allowed beside public addresses: host names, addresses and CIDR ranges. */
  readonly allow?: readonly string[];
  /** How names become addresses. Default: as the system does. */
  readonly resolve?: Resolve;
}

/** Decides which URLs may be asked for, and which addresses connected to. */
export interface Guard {
  /** @throws OutgoingError URL_NOT_ALLOWED; ADDRESS_NOT_ALLOWED for a host written as an address. Resolves nothing. */
  admit(url: string): URL;
  /** Whether a URL is at a host that is allowed by name, or at an address that is: one's own, where plain http will do. */
  trusts(url: URL): boolean;
  /**
   * For node:net, which connects to what this answers and to nothing else, so no second, different answer
   * of the name server can slip in between check and use. One address that is not allowed refuses the name.
   */
  readonly lookup: LookupFunction;
}

/** @throws TypeError for an `allow` entry that is none of the three. */
export function createGuard(options: GuardOptions): Guard {
  const {
    allowPrivate = false,
    allow = [],
    resolve = async (name) => {
      // Here, since a start that needs no name is shorter without it.
      const { lookup } = await import("node:dns/promises");
      return lookup(name, { all: true });
    },
  } = options;
  const isRange = (entry: string) => entry.includes("/") || isIP(entry) !== 0;
  const ranges = blockList(allow.filter(isRange));
  const names = new Set(allow.filter((entry) => !isRange(entry)).map(nameOf));

  function allows(address: string): boolean {
    return isPublic(address) || named(address);
  }

  function named(address: string): boolean {
    if (allowPrivate) return true;
    const family = isIP(address);
    return family !== 0 && ranges.check(address, family === 4 ? "ipv4" : "ipv6");
  }

  async function addressesOf(hostname: string): Promise<LookupAddress[]> {
    const addresses = [...(await resolve(hostname))];
    if (addresses.length === 0) throw new OutgoingError("CONNECT", `${hostname} has no address`);
    if (!names.has(withoutDot(hostname)) && !addresses.every(({ address }) => allows(address))) {
      throw notAllowed(hostname);
    }
    return addresses;
  }

  return {
    admit(text) {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (url?.protocol !== "http:" && url?.protocol !== "https:") {
        throw new OutgoingError("URL_NOT_ALLOWED", "Not an absolute http or https URL");
      }
      if (url.username !== "" || url.password !== "") {
        throw new OutgoingError("URL_NOT_ALLOWED", "A URL must not carry credentials");
      }
      // The URL parser has already turned decimal, octal, hexadecimal and shortened IPv4 into four numbers.
      const host = hostOf(url);
      if (isIP(host) !== 0 && !allows(host)) throw notAllowed(url.hostname);
      return url;
    },
    trusts(url) {
      const host = hostOf(url);
      return allowPrivate || names.has(withoutDot(host)) || (isIP(host) !== 0 && named(host));
    },
    lookup(hostname, { all }, callback) {
      addressesOf(hostname).then(
        (addresses) => {
          const [first] = addresses;
          if (all) callback(null, addresses);
          else callback(null, first?.address ?? "", first?.family);
        },
        (error: Error) => callback(error, ""),
      );
    },
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function notAllowed(hostname: string): OutgoingError {
  return new OutgoingError("ADDRESS_NOT_ALLOWED", `${hostname} is not at a public address`);
}

/** A host name in the form URLs have it. */
function nameOf(entry: string): string {
  const url = `http://${entry}/`;
  if (/[:@?#\\]/.test(entry) || !URL.canParse(url)) throw new TypeError(`Not a host name: ${entry}`);
  return withoutDot(new URL(url).hostname);
}

function withoutDot(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}
