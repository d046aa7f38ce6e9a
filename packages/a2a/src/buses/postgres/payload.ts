/** News as the text of notifications: who tells them, then one line for each task. A payload has less than 8000 bytes. */
import type { News } from "../../ports/index.js";
import { taskKey } from "../task-key.js";

const maxLength = 7900;

/** @param sender The node's name on the bus, which has no newline. */
export function encode(sender: string, news: readonly News[]): string[] {
  const payloads: string[] = [];
  let payload = sender;
  for (const { taskId, seq } of news) {
    const text = `\n${taskKey(taskId)} ${seq}`;
    if (payload.length + text.length > maxLength) {
      payloads.push(payload);
      payload = sender;
    }
    payload += text;
  }
  payloads.push(payload);
  return payloads;
}

/** What a task is called on the bus, and its number. */
export type KeyedNews = readonly [key: string, seq: number];

const line = /^([\w-]{1,64}|~[\w-]{43}) ([1-9]\d{0,14})$/;

/** @returns undefined when it is something else */
export function decode(payload: string): readonly KeyedNews[] | undefined {
  const news: KeyedNews[] = [];
  for (const text of payload.split("\n").slice(1)) {
    const [, key, seq] = line.exec(text) ?? [];
    if (key === undefined) return undefined;
    news.push([key, Number(seq)]);
  }
  return news.length > 0 ? news : undefined;
}
