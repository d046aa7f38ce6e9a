/** Reads server-sent events out of the pieces of a body. */
import { StringDecoder } from "node:string_decoder";

/** @param id The event's `id:`, undefined when it has none. */
export type EventSink = (data: string, id: string | undefined) => void;

/** Takes pieces of bytes, gives events. Comments are skipped. */
export function sseReader(sink: EventSink): (piece: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return (piece) => {
    const text = rest + decoder.write(piece);
    let begin = 0;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", begin)) {
      readEvent(text.slice(begin, end), sink);
      begin = end + 2;
    }
    rest = text.slice(begin);
  };
}

function readEvent(block: string, sink: EventSink): void {
  let data: string | undefined;
  let id: string | undefined;
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) data = (data === undefined ? "" : `${data}\n`) + line.slice(5).trimStart();
    else if (line.startsWith("id:")) id = line.slice(3).trimStart();
  }
  if (data !== undefined) sink(data, id);
}
