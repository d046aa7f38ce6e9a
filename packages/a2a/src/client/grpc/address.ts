/** Where the URL of a GRPC interface points; cards write it in several ways. */
export interface GrpcAddress {
  /** `host:port`, or a host that is reached on port 443. */
  readonly authority: string;
  /** Whether it is reached over TLS; everything is that is not said to be otherwise, or on this machine. */
  readonly tls: boolean;
}

const form = /^(?:(https?|grpcs?):\/\/)?((?:\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?)(?:[/?#].*)?$/i;
const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/i;

/** Undefined for what is no network address: a card must not make a client open files or sockets of its machine. */
export function addressOf(url: string): GrpcAddress | undefined {
  const [, scheme, host, port] = form.exec(url) ?? [];
  if (host === undefined) return undefined;
  const plain = scheme === undefined ? local.test(host) : /^(http|grpc)$/i.test(scheme);
  return { authority: port === undefined && plain ? `${host}:80` : host, tls: !plain };
}
