/** What an agent does, by the first word of the message. Shared by the servers that are written in JavaScript. */
import { setTimeout as sleep } from "node:timers/promises";

const said = (text) => text.slice(text.indexOf(" ") + 1);

/**
 * @param text The message's first part.
 * @param rest Its other parts.
 * @param tell The SDK's way to say it: `begin()` makes the task, unless it `continues` one; `message(text)`;
 *   `artifact(id, content, append)` with a text or parts; `status(state)`; `canceled()` says whether it was.
 */
export async function perform(text, rest, tell) {
  const [word] = text.split(" ", 1);
  const answer = (id, content) => {
    tell.artifact(id, content, false);
    tell.status("completed");
  };
  if (word === "message" && !tell.continues) return tell.message(said(text));
  tell.begin();
  if (tell.continues) return answer("answer", text);
  switch (word) {
    case "echo":
      return answer("echo", said(text));
    case "parts":
      return answer("parts", rest);
    case "count":
      tell.status("working");
      for (const piece of ["1", "2", "3"]) tell.artifact("count", piece, piece !== "1");
      return tell.status("completed");
    case "ask":
      return tell.status("input-required");
    case "slow":
      tell.status("working");
      for (let tick = 0; !tell.canceled(); tick++) {
        await sleep(200);
        if (!tell.canceled()) tell.artifact("ticks", ".", tick > 0);
      }
      return tell.status("canceled");
    default:
      return tell.status("failed");
  }
}
