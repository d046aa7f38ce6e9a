/** `fetch` without certificate verification, for --insecure alone: the global fetch of Node 20 cannot be told. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";

export const insecureFetch: typeof fetch = (input, init = {}) =>
  new Promise((resolve, reject) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, {
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      rejectUnauthorized: false,
      ...(init.signal && { signal: init.signal }),
    });
    request.on("response", (message) => resolve(toResponse(message)));
    request.on("error", reject);
    request.end(init.body ?? undefined);
  });

function toResponse(message: IncomingMessage): Response {
  const status = message.statusCode ?? 500;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  const empty = status === 204 || status === 304;
  if (empty) message.resume();
  return new Response(empty ? null : Readable.toWeb(message), { status, headers });
}
