/** A receiver of webhooks that accepts what it likes, and remembers what it has accepted. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier } from "@parley/a2a/webhooks";

export interface Receiver {
  readonly url: string;
  /** Signs what is sent here. */
  readonly token: string;
  /** The events of each task, as JSON, in the order in which each was accepted first. */
  readonly accepted: ReadonlyMap<string, readonly string[]>;
  readonly events: number;
  readonly refused: number;
  /** Accepted more than once, which at least once allows. */
  readonly again: number;
  /** Not authentic, or not an event. */
  readonly wrong: number;
  close(): void;
}

/** @param likes Asked of every request. */
export async function startReceiver(likes: () => boolean): Promise<Receiver> {
  const token = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;
  const verify = createVerifier({ secret: token });
  const accepted = new Map<string, string[]>();
  const ids = new Set<string>();
  const count = { events: 0, refused: 0, again: 0, wrong: 0 };
  const server = createServer(async (request, response) => {
    try {
      const { id, taskId, event } = await verify(request);
      if (!likes()) {
        count.refused++;
        response.writeHead(500).end();
        return;
      }
      if (ids.has(id)) count.again++;
      else {
        ids.add(id);
        count.events++;
        const events = accepted.get(taskId) ?? [];
        accepted.set(taskId, events);
        events.push(JSON.stringify(event));
      }
      response.writeHead(204).end();
    } catch {
      count.wrong++;
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    token,
    accepted,
    get events() {
      return count.events;
    },
    get refused() {
      return count.refused;
    },
    get again() {
      return count.again;
    },
    get wrong() {
      return count.wrong;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
