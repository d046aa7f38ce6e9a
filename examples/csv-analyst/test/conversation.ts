import type { Message, Part } from "@parley/a2a/protocol";
import { type Outcome, run } from "../src/run.js";
import { type FetchUrl, readConversation } from "../src/source.js";

/** A CSV file part. */
export function csvFile(content: string | Uint8Array, filename = "data.csv", mediaType = "text/csv"): Part {
  return { raw: Buffer.from(content).toString("base64"), filename, mediaType };
}

/** Messages of a user: each a text, or parts. */
export function messages(...contents: (string | Part[])[]): Message[] {
  return contents.map((content, index) => ({
    messageId: `m${index}`,
    role: "ROLE_USER",
    parts: typeof content === "string" ? [{ text: content }] : content,
  }));
}

/** Runs a conversation to its outcome. */
export async function outcomeOf(
  contents: (string | Part[])[],
  around: { fetchUrl?: FetchUrl; signal?: AbortSignal } = {},
): Promise<{ outcome: Outcome; progress: string[] }> {
  const { signal = new AbortController().signal, fetchUrl = noNetwork } = around;
  const steps = run(readConversation(messages(...contents)), { fetchUrl, signal });
  const progress: string[] = [];
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return { outcome: value, progress };
    progress.push(value);
  }
}

/** The analysis that a conversation ends with. */
export async function analysisOf(contents: (string | Part[])[], fetchUrl?: FetchUrl) {
  const { outcome } = await outcomeOf(contents, { fetchUrl });
  if (outcome.kind !== "done") throw new Error(`Not analysed: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** The question that a conversation ends with. */
export async function questionOf(...contents: (string | Part[])[]): Promise<string> {
  const { outcome } = await outcomeOf(contents);
  if (outcome.kind !== "question") throw new Error(`Not a question: ${JSON.stringify(outcome)}`);
  return outcome.text;
}

const noNetwork: FetchUrl = () => Promise.reject(new Error("no network here"));
