/** --debug: what goes over the wire, and how long it took. `Diagnostics` takes the secrets out (12.1). */
import type { ClientOptions } from "@parley/a2a/client";
import type { Diagnostics } from "../output/index.js";

/** Header fields that carry credentials whatever their value is. */
const hidden = /^(authorization|proxy-authorization|cookie|set-cookie)$|api-?key|token|secret/i;

export function wireLog(
  diagnostics: Diagnostics,
  serviceParameters: readonly string[],
): Pick<ClientOptions, "onRequest" | "onResponse" | "onEvent"> {
  if (!diagnostics.debugging) return {};
  const secretNames = new Set(serviceParameters.map((name) => name.toLowerCase()));
  const field = ([name, value]: readonly [string, string]): string =>
    `${name}: ${hidden.test(name) || secretNames.has(name.toLowerCase()) ? "[redacted]" : value}`;
  let sentAt = 0;
  const since = (): string => `${Math.round(performance.now() - sentAt)} ms`;
  return {
    onRequest({ method, url, headers, body }) {
      sentAt = performance.now();
      const lines = [`> ${method} ${url}`, ...Object.entries(headers).map((entry) => `> ${field(entry)}`)];
      if (body !== undefined) lines.push(`> ${body}`);
      diagnostics.debug(lines.join("\n"));
    },
    onResponse({ status, headers, body }) {
      const lines = [
        `< HTTP ${status} after ${since()}`,
        ...[...headers].map((entry) => `< ${field(entry)}`),
      ];
      if (body !== undefined && body !== "") lines.push(`< ${body}`);
      diagnostics.debug(lines.join("\n"));
    },
    onEvent({ id, data }) {
      diagnostics.debug(`< event ${id ?? "without id"} after ${since()}: ${data}`);
    },
  };
}
