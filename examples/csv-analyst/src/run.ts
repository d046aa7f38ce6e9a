/**
 * The whole analysis as one generator, without a word of the protocol:
 * a conversation goes in, progress comes out, and at the end a question, a refusal, a failure or the analysis.
 */
import { type Analysis, Pass } from "./analysis.js";
import { peek } from "./peek.js";
import { decide } from "./plan.js";
import { NotCsvError, readRows } from "./read-csv.js";
import { legacyEncoding, sniff } from "./sniff.js";
import { type Conversation, type FetchUrl, open, type Source, SourceError } from "./source.js";
import { plural } from "./wording.js";

export type Outcome =
  | { kind: "question"; text: string }
  | { kind: "refused"; why: string }
  | { kind: "failed"; why: string }
  | { kind: "done"; name: string; analysis: Analysis };

export interface Surroundings {
  fetchUrl: FetchUrl;
  signal: AbortSignal;
  /** Milliseconds, for the pace of progress. */
  now?: () => number;
}

const sampleSize = 256 * 1024;
const progressRows = 50_000;
const progressTime = 1000;

/** Yields sentences of progress. Throws why `signal` was aborted. */
export async function* run(
  conversation: Conversation,
  around: Surroundings,
): AsyncGenerator<string, Outcome> {
  const { source } = conversation;
  if (!source) {
    if (conversation.why) return { kind: "refused", why: conversation.why };
    return { kind: "question", text: askForCsv };
  }
  try {
    const body = await open(source, around.fetchUrl, around.signal);
    const beginning = await peek(body, sampleSize);
    const mediaType = `${source.mediaType};${body.mediaType ?? ""}`;
    try {
      return yield* analyse(conversation, { ...source, mediaType }, beginning, around);
    } finally {
      await beginning.close();
    }
  } catch (error) {
    around.signal.throwIfAborted();
    if (error instanceof NotCsvError)
      return { kind: "refused", why: `${source.name} is not CSV. ${error.message}` };
    if (error instanceof SourceError) return { kind: error.kind, why: error.message };
    throw error;
  }
}

async function* analyse(
  conversation: Conversation,
  { name, mediaType }: Pick<Source, "name" | "mediaType">,
  { head, complete, all }: Awaited<ReturnType<typeof peek>>,
  { signal, now = () => performance.now() }: Surroundings,
): AsyncGenerator<string, Outcome> {
  const legacy = legacyEncoding(mediaType);
  const sniffed = sniff(head, complete, legacy);
  if (sniffed.why !== undefined) return { kind: "refused", why: `${name} is not CSV. ${sniffed.why}` };
  const { encoding } = sniffed;
  const text = new TextDecoder(encoding).decode(head, { stream: !complete });
  const decision = decide(
    { text, cut: !complete, name, mediaType },
    conversation.request,
    conversation.answers,
  );
  if ("why" in decision)
    return { kind: "refused", why: `${name} is not CSV that I can analyse. ${decision.why}` };
  if ("question" in decision) return { kind: "question", text: decision.question };
  const { plan } = decision;
  yield `Reading ${name}: ${plural(plan.columns.length, "column")}`;
  const pass = new Pass(plan);
  let [saidAt, saidRows] = [now(), 0];
  for await (const batch of readRows(all, { delimiter: plan.layout.delimiter, encoding, legacy }, signal)) {
    for (const row of batch.rows) pass.add(row);
    pass.bytes += batch.bytes;
    pass.encoding = batch.encoding;
    if (pass.rows - saidRows < progressRows && now() - saidAt < progressTime) continue;
    [saidAt, saidRows] = [now(), pass.rows];
    yield `Read ${plural(pass.rows, "row")}`;
  }
  signal.throwIfAborted();
  yield `Read ${plural(pass.rows, "row")}; writing the report`;
  return { kind: "done", name, analysis: pass.finish(conversation.notes) };
}

const askForCsv =
  "Send me a CSV: attach the file, paste its text, or give me its http or https address. I will answer with a report, statistics and a chart.";
