/** A stream of 1.0 in the words of an older version. */
import type { EventStream, StreamEvent } from "../dispatch/contract.js";
import { isTerminal, type StreamResponse, type TaskStatusUpdateEvent } from "../protocol/index.js";

/** Whether nothing follows in the stream of a send: the task has ended, or it is the client's turn. */
export const isFinal = ({ status }: TaskStatusUpdateEvent): boolean =>
  isTerminal(status.state) || status.state === "TASK_STATE_INPUT_REQUIRED";

/**
 * It ends with its final event, where one of 1.0 may go on.
 * @param write What one event becomes; the last of several has its number.
 */
export function translatedStream(
  events: EventStream,
  write: (event: StreamResponse) => readonly unknown[],
): EventStream {
  let over = false;
  return {
    extensions: events.extensions,
    resume: () => events.resume(),
    cancel: () => events.cancel(),
    start(sink) {
      events.start({
        send(batch) {
          if (over) return true;
          const written: StreamEvent[] = [];
          for (const { seq, json } of batch) {
            const event = JSON.parse(json) as StreamResponse;
            const texts = write(event).map((each) => JSON.stringify(each));
            written.push(
              ...texts.map((text, i) => ({ seq: i === texts.length - 1 ? seq : undefined, json: text })),
            );
            over = event.statusUpdate !== undefined && isFinal(event.statusUpdate);
            if (over) break;
          }
          const more = sink.send(written);
          if (!over) return more;
          // Not from within its own call.
          queueMicrotask(() => events.cancel());
          sink.end();
          return true;
        },
        end: (error) => over || sink.end(error),
        cut: () => over || sink.cut(),
      });
    },
  };
}
