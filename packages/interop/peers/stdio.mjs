/** The client's side of src/driver.ts: performs what comes in, line by line, side by side. */
import { createInterface } from "node:readline";

/**
 * @param operations By name: given the arguments, returns a result, or an async iterable of events.
 * @param describe What an error says about itself: { name?, reason?, code?, status?, message }.
 */
export function drive(operations, describe) {
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { call, op, ...args } = JSON.parse(line);
    try {
      const result = await operations[op](args);
      if (result?.[Symbol.asyncIterator]) {
        for await (const event of result) say({ call, event });
        say({ call, result: null });
      } else say({ call, result: result ?? null });
    } catch (error) {
      say({ call, error: { message: String(error?.message ?? error), ...describe(error) } });
    }
  });
}
