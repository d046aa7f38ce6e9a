/** Which servers a URL names, and what it says about how to be let in. */
import type { NodeConnectionOptions } from "@nats-io/transport-node";

/** What an address does not say. */
export type FurtherOptions = Omit<NodeConnectionOptions, "servers" | "port">;

type Address = Pick<NodeConnectionOptions, "servers" | "user" | "pass" | "token" | "tls">;

/** @throws TypeError when it is no URL of NATS */
export function addressOf(text: string): Address {
  const urls = text.split(",").map((part) => {
    const url = URL.canParse(part.trim()) ? new URL(part.trim()) : undefined;
    // Not the text itself, which may hold a password.
    if (!url?.hostname || !/^(nats|tls):$/.test(url.protocol))
      throw new TypeError("Not a URL of NATS: nats://host:port");
    return url;
  });
  const [first] = urls;
  const [user, pass] = [first?.username ?? "", first?.password ?? ""].map(decodeURIComponent);
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
    ...(pass ? { user, pass } : user ? { token: user } : {}),
    ...(first?.protocol === "tls:" ? { tls: {} } : {}),
  };
}
