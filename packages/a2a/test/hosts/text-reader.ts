/** Reads the body of a response as text, piece by piece. */
export function textReader(response: Response) {
  const bytes = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  return {
    async read(): Promise<{ done: boolean; value?: string }> {
      const { done, value } = await bytes.read();
      return done ? { done } : { done, value: decoder.decode(value, { stream: true }) };
    },
  };
}
