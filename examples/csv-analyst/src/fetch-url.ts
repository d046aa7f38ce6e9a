/** URLs of CSVs, fetched through the SDK's guarded client: only addresses it has checked, no redirects, bounded. */
import { type Outgoing, OutgoingError } from "@parley/a2a/outgoing";
import { type FetchUrl, SourceError } from "./source.js";

const wanted = "text/csv, text/tab-separated-values, text/plain;q=0.8, */*;q=0.5";
const limits = { maxBytes: 4 * 1024 ** 3, totalMs: 3_600_000 };

/** Fetches through a guarded client; whatever goes wrong becomes a SourceError that a user understands. */
export function fetchThrough(outgoing: Outgoing): FetchUrl {
  return async (url, signal) => {
    const response = await outgoing.get(url, { signal, accept: wanted, ...limits }).catch(explain);
    if (response.status !== 200) {
      response.discard();
      throw new SourceError(
        "failed",
        `I could not fetch the CSV: ${new URL(url).host} answered ${response.status}.`,
      );
    }
    return Object.assign(pieces(response.body), { mediaType: response.headers["content-type"] });
  };
}

async function* pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    explain(error);
  }
}

function explain(error: unknown): never {
  if (error instanceof OutgoingError)
    throw new SourceError("failed", `I could not fetch the CSV: ${error.message}.`);
  throw error;
}
