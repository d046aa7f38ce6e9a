import type { Bus, News } from "../../src/ports/index.js";

/** A bus between engines of this process that can be silenced. */
export function hub() {
  const hearers: ((news: readonly News[]) => void)[] = [];
  const state = { silent: false };
  const bus = (): Bus => ({
    open: (heard) => void hearers.push(heard),
    tell: (news) => {
      if (!state.silent) for (const heard of hearers) setImmediate(() => heard(news));
    },
    follow() {},
    unfollow() {},
    ping() {},
    close() {},
  });
  return { bus, state };
}
