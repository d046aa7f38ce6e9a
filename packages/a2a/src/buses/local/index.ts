/**
 * The bus of servers that share a process and a store: `const bus = localBus()`, then `bus.join()` for each server.
 * The engine calls it through the port. It runs on any platform.
 */
import type { Bus } from "../../ports/index.js";
import { Inbox } from "../inbox.js";

export interface LocalBus {
  /** The bus of one more server. */
  join(): Bus;
}

interface Member {
  readonly followed: ReadonlySet<string>;
  readonly inbox: Inbox;
}

export function localBus(): LocalBus {
  const members = new Set<Member>();
  return { join: () => joined(members) };
}

function joined(members: Set<Member>): Bus {
  const followed = new Set<string>();
  let self: Member | undefined;
  return {
    open(heard) {
      self = { followed, inbox: new Inbox(heard) };
      members.add(self);
    },
    tell(news) {
      if (self === undefined) return;
      for (const member of members) {
        if (member === self) continue;
        for (const { taskId, seq } of news) {
          if (member.followed.has(taskId)) member.inbox.add(taskId, seq);
        }
      }
    },
    follow: (taskId) => void followed.add(taskId),
    unfollow: (taskId) => void followed.delete(taskId),
    ping() {
      if (self === undefined) throw new Error("The bus is not open");
    },
    close() {
      if (self) members.delete(self);
      self?.inbox.clear();
      self = undefined;
    },
  };
}
