/** Suites that need a real server, which a machine with nothing but Node does not have. */
import { type ServerName, serverMissing } from "@parley/servers";
import { describe, it } from "vitest";

/** `describe`, skipped with the reason where the server is not installed; in CI that is a failure. */
export function describeWith(server: ServerName, title: string, suite: () => void): void {
  const missing = serverMissing(server);
  if (missing === undefined) describe(title, suite);
  else if (process.env.CI === "true")
    describe(title, () => {
      it("finds its server", () => {
        throw new Error(missing);
      });
    });
  else describe.skip(`${title} (${missing})`, suite);
}
