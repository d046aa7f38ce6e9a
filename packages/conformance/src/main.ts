/** What `npm run tck-agent` runs: PORT (4100 unless told) and PROFILE (all, none or extension). */
import { serveTckAgent } from "./serve.js";

const { PORT = "4100", PROFILE = "all" } = process.env;

try {
  const serving = await serveTckAgent(PROFILE, Number(PORT));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void serving.close());
  console.log(serving.url);
} catch (error) {
  console.error(`The agent cannot start. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
