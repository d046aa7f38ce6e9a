/** Ways to name an address that is not for peers to reach: as URLs, as answers of name servers, as redirects. */

export interface Vector {
  readonly url: string;
  /** What the name server says, the first time, the second, and so on; the last one again and again. */
  readonly answers?: readonly (readonly string[])[];
}

/** Where a redirect comes from: a host that is allowed. */
export const allowedHost = "allowed.example";

/** An address that is allowed, to stand for a public one. */
export const allowedAddress = "127.0.0.2";

/** First and last address of ranges that are not public (IANA special-purpose registries). */
const v4 = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.1", "127.255.255.254"],
  ["169.254.0.0", "169.254.255.255"],
  ["169.254.169.254", "169.254.170.2"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "239.255.255.255"],
  ["240.0.0.0", "255.255.255.255"],
].flat();

const v6 = [
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:169.254.169.254",
  "::ffff:0:127.0.0.1",
  "::127.0.0.1",
  "::10.0.0.1",
  "64:ff9b::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::7f00:1",
  "100::1",
  "2001::1",
  "2001:0:7f00:1::",
  "2001:10::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::1",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "ff0e::1",
];

const octets = (address: string): number[] => address.split(".").map(Number);
const number = (address: string): number => octets(address).reduce((sum, octet) => sum * 256 + octet, 0);

/** What URL parsers take for the same IPv4 address. */
const spellings: readonly ((address: string) => string)[] = [
  (address) => address,
  (address) => String(number(address)),
  (address) => `0x${number(address).toString(16)}`,
  (address) => `0${number(address).toString(8)}`,
  (address) =>
    octets(address)
      .map((octet) => `0x${octet.toString(16)}`)
      .join("."),
  (address) =>
    octets(address)
      .map((octet) => `0${octet.toString(8)}`)
      .join("."),
  (address) => `${address}.`,
];

const curious = [
  "127.1",
  "127.0.1",
  "0x7f.1",
  "0177.1",
  "0",
  "0x0",
  "１２７.０.０.１",
  "①②⑦.⓪.⓪.①",
  "127。0。0。1",
  "%31%32%37.0.0.1",
  "127.0.0.1%2e",
  "0x7f.0.0.0x1",
  "0177.0.0.0x1",
];

const schemes = [
  "file",
  "ftp",
  "gopher",
  "ws",
  "wss",
  "data",
  "javascript",
  "unix",
  "dict",
  "ldap",
  "blob",
  "about",
];

/** @param port Where somebody listens whom nobody may reach. */
export function vectors(port: number): Vector[] {
  const urls = [
    ...v4.flatMap((address) => spellings.map((spell) => `http://${spell(address)}:${port}/`)),
    ...v4.map((address) => `https://${address}:${port}/`),
    ...v6.flatMap((address) => [`http://[${address}]:${port}/`, `https://[${address}]:${port}/`]),
    ...curious.map((host) => `http://${host}:${port}/`),
    `http://[fe80::1%25lo]:${port}/`,
    `http://user:password@127.0.0.1:${port}/`,
    `http://${allowedHost}@127.0.0.1:${port}/`,
    `http://${allowedHost}:80@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\\@${allowedHost}/`,
    `http://127.0.0.1:${port}#@${allowedHost}/`,
    `http:\\\\127.0.0.1:${port}/`,
    `http:127.0.0.1:${port}/`,
    `//127.0.0.1:${port}/`,
    `127.0.0.1:${port}`,
    "",
    ...schemes.map((scheme) => `${scheme}://127.0.0.1:${port}/`),
  ].map((url) => ({ url }));
  const named = (host: string, ...answers: readonly string[][]): Vector => ({
    url: `https://${host}:${port}/`,
    answers,
  });
  const names = [
    ...v4.map((address) => named("v4.example", [address])),
    ...v6.map((address) => named("v6.example", [address])),
    ...v4.map((address) => named("mixed.example", [allowedAddress, address])),
    ...v4.map((address) => named("mixed.example", [address, allowedAddress])),
    ...[
      "localhost",
      "LOCALHOST",
      "localhost.",
      "sub.localhost",
      "metadata.google.internal",
      "localtest.me",
    ].map((host) => named(host, ["127.0.0.1"])),
    // Another answer for whoever asks once more.
    ...["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "0.0.0.0"].map((address) =>
      named("rebinding.example", [allowedAddress], [address]),
    ),
  ];
  return [...urls, ...names];
}

/** Where redirects lead to. @param port As for `vectors` */
export function redirects(port: number): { status: number; location: string }[] {
  const locations = [
    `http://127.0.0.1:${port}/`,
    `http://[::1]:${port}/`,
    `//127.0.0.1:${port}/`,
    `http://0:${port}/`,
    `http://localhost:${port}/`,
    "http://169.254.169.254/latest/meta-data/",
  ];
  return [300, 301, 302, 303, 307, 308].flatMap((status) =>
    locations.map((location) => ({ status, location })),
  );
}

export const isLoopback = (address: string): boolean =>
  /^(127\.|0\.0\.0\.0$|::1$|::$|::ffff:127\.|::ffff:7f)/.test(address);
