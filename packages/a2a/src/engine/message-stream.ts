/** A direct Message as a stream: one event, then the end (spec 3.1.2). */
import type { EventSink, EventStream } from "../dispatch/contract.js";

export class MessageStream implements EventStream {
  constructor(
    readonly json: string,
    readonly extensions: readonly string[],
  ) {}

  start(sink: EventSink): void {
    sink.send([{ seq: undefined, json: this.json }]);
    sink.end();
  }

  resume(): void {}
  cancel(): void {}
}
