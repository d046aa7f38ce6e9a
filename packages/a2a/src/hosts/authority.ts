/** Where a port is reached, as URLs write it. */

const thisMachine = ["127.0.0.1", "0.0.0.0", "::", "::1"];

/** `host:port`; IPv6 addresses in brackets. */
export const authority = (host: string, port: number): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** The same for clients: who listens on this machine, or on all its interfaces, is reached as localhost. */
export const reachableAuthority = (host: string, port: number): string =>
  authority(thisMachine.includes(host) ? "localhost" : host, port);
