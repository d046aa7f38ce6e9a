import { BlockList, isIP } from "node:net";

/**
 * IPv4 that is not public unicast: the IANA IPv4 Special-Purpose Address Registry, also those rows it
 * calls reachable that carry no ordinary service (anycast relays, AS112), and all multicast.
 */
const specialV4 = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared (carrier-grade NAT)
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, cloud metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // IETF protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
] as const;

/**
 * The part of IPv6 given out as global unicast. Everything else is refused without being listed: loopback,
 * unique local, link-local, multicast, and the mapped, compatible and NAT64 forms that hide an IPv4 address.
 */
const unicastV6 = "2000::/3";

/** The special purposes inside it (IANA IPv6 Special-Purpose Address Registry). */
const specialV6 = [
  "2001::/23", // IETF protocol assignments: Teredo, benchmarking, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, which hides an IPv4 address
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
] as const;

interface Lists {
  readonly unicast: BlockList;
  readonly special: BlockList;
}

let made: Lists | undefined;

/** Made for the first address, so that agents that never send start without. */
function lists(): Lists {
  made ??= { unicast: blockList([unicastV6]), special: blockList([...specialV4, ...specialV6]) };
  return made;
}

/** Whether an address, in the text form of net.isIP, is public unicast. */
export function isPublic(address: string): boolean {
  const { unicast, special } = lists();
  switch (isIP(address)) {
    case 4:
      return !special.check(address, "ipv4");
    case 6:
      // A zone id names an interface of this machine: never public.
      return !address.includes("%") && unicast.check(address, "ipv6") && !special.check(address, "ipv6");
    default:
      return false;
  }
}

/**
 * A list of addresses from CIDR ranges and single addresses.
 * @throws TypeError for anything else.
 */
export function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix, ...rest] = range.split("/");
    const bits = isIP(address) === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (isIP(address) === 0 || address.includes("%") || rest.length > 0 || !(length <= bits)) {
      throw new TypeError(`Not an address or CIDR range: ${range}`);
    }
    list.addSubnet(address, length, bits === 32 ? "ipv4" : "ipv6");
  }
  return list;
}
