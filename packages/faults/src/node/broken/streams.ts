/** Streams that show something else than the journal. */
import type { Interceptor } from "@parley/a2a";
import type { Parts } from "./index.js";
import { over } from "./over.js";

type Answer = Awaited<ReturnType<Interceptor>>;
type Stream = Extract<Answer, { start: unknown }>;
type Sink = Parameters<Stream["start"]>[0];

function withStreams(
  parts: Parts,
  change: (sink: Sink) => Partial<Sink>,
  which: (call: Parameters<Interceptor>[0]) => boolean,
): Parts {
  const interceptor: Interceptor = async (intercepted, next) => {
    const answer = await next();
    if (!("start" in answer) || !which(intercepted)) return answer;
    return over(answer, { start: (sink) => answer.start(over(sink, change(sink))) });
  };
  return { ...parts, interceptors: [interceptor] };
}

export function reorders(parts: Parts): Parts {
  return withStreams(
    parts,
    (sink) => ({ send: (events) => sink.send(events.toReversed()) }),
    () => true,
  );
}

export function dropsWhereItResumes(parts: Parts): Parts {
  const resumed = ({ call }: Parameters<Interceptor>[0]) => Number(call.lastEventId ?? 0) > 0;
  return withStreams(
    parts,
    (sink) => {
      let dropped = false;
      return {
        send(events) {
          const rest = dropped ? events : events.slice(1);
          dropped = true;
          return rest.length === 0 || sink.send(rest);
        },
      };
    },
    resumed,
  );
}
