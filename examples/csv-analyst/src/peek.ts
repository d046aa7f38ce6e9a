/** Looks at the beginning of a stream without losing it. */

export interface Beginning {
  head: Uint8Array;
  /** There is nothing after `head`. */
  complete: boolean;
  /** The whole stream, `head` included; readable once. */
  all: AsyncIterable<Uint8Array>;
  /** Gives the rest up; ends a download. */
  close(): Promise<void>;
}

/** Reads at least `size` bytes, or all there are. */
export async function peek(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Beginning> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  while (length < size && !complete) {
    const { done, value } = await iterator.next();
    if (done) complete = true;
    else {
      chunks.push(value);
      length += value.length;
    }
  }
  const head = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  async function* all() {
    yield* chunks.splice(0);
    if (!complete) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const start = head.length > size ? head.subarray(0, size) : head;
  return {
    head: start,
    complete: complete && start.length === head.length,
    all: all(),
    close: async () => {
      await iterator.return?.();
    },
  };
}
