/**
 * What `npm run tck-agent` runs. PORT is 4100 unless told, GRPC_PORT one more or `off`, PROFILE is all, none or
 * extension, VERSIONS are the older versions of A2A that are spoken as well, separated by commas.
 */
import { serveTckAgent } from "./serve.js";

const { PORT = "4100", GRPC_PORT = String(Number(PORT) + 1), PROFILE = "all", VERSIONS = "" } = process.env;

try {
  const serving = await serveTckAgent({
    profile: PROFILE,
    port: Number(PORT),
    grpcPort: GRPC_PORT === "off" ? undefined : Number(GRPC_PORT),
    versions: VERSIONS.split(",").filter(Boolean),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void serving.close());
  console.log([serving.url, serving.grpc?.address].filter(Boolean).join("\n"));
} catch (error) {
  console.error(`The agent cannot start. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
