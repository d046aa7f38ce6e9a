/** Agents behind the fetch interface: Workers, Deno, Bun, and every router that speaks Request and Response. */
import type { Handles, HttpRequest, HttpStream, HttpWriter } from "../bindings/http.js";
import { A2AError } from "../protocol/index.js";
import { belowMount, type MountOptions, mountOf } from "./mount.js";

export type { MountOptions } from "./mount.js";

/**
 * Serves an agent from a fetch handler.
 *
 * @example
 * export default { fetch: fetchHandler(server) };
 */
export function fetchHandler({ handle }: Handles, options: MountOptions = {}) {
  const mountPath = mountOf(options.mountPath);
  return async (request: Request): Promise<Response> => {
    const { status, headers, body } = await handle(new FetchRequest(request, mountPath));
    const content = typeof body === "object" ? readable(body, request.signal) : (body ?? null);
    return new Response(request.method === "HEAD" ? null : content, { status, headers });
  };
}

class FetchRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #request: Request;

  constructor(request: Request, mountPath: string) {
    const { pathname, search } = new URL(request.url);
    this.method = request.method;
    this.path = belowMount(pathname, mountPath);
    this.query = search.slice(1);
    this.#request = request;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  async text(limit: number): Promise<string> {
    const tooLarge = () =>
      new A2AError("PAYLOAD_TOO_LARGE", `The request body is larger than ${limit} bytes`);
    if (Number(this.header("content-length") ?? 0) > limit) throw tooLarge();
    if (this.#request.body === null) return "";
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let text = "";
    let size = 0;
    const reader = this.#request.body.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new A2AError("INVALID_REQUEST", "The body broke off", { cause });
      });
      if (done) return text + decode(decoder);
      size += value.byteLength;
      if (size > limit) {
        await reader.cancel();
        throw tooLarge();
      }
      text += decode(decoder, value);
    }
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new A2AError("PARSE_ERROR", "The body is not UTF-8");
  }
}

const encoder = new TextEncoder();

/** Bytes that may wait for the reader before the stream is asked to pause. */
const highWaterMark = 16 * 1024;

function readable(stream: HttpStream, signal: AbortSignal): ReadableStream<Uint8Array> {
  let paused = false;
  let over = false;
  const stop = (act: () => void) => {
    if (over) return;
    over = true;
    signal.removeEventListener("abort", gone);
    act();
  };
  // Some runtimes abort the request and never cancel the body.
  const gone = () => stop(() => stream.cancelled());
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (signal.aborted) {
          gone();
          return controller.close();
        }
        signal.addEventListener("abort", gone);
        const writer: HttpWriter = {
          write(chunk) {
            if (over) return false;
            controller.enqueue(encoder.encode(chunk));
            paused = (controller.desiredSize ?? 0) <= 0;
            return !paused;
          },
          end: () => stop(() => controller.close()),
          destroy: () => stop(() => controller.error(new Error("The stream was cut"))),
        };
        stream.start(writer);
      },
      pull() {
        if (!paused) return;
        paused = false;
        stream.drained();
      },
      cancel: gone,
    },
    new ByteLengthQueuingStrategy({ highWaterMark }),
  );
}
