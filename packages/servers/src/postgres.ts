import { execFile } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { needServer } from "./binaries.js";
import { freePort } from "./free-port.js";
import { type RealServer, startServer } from "./real-server.js";

const run = promisify(execFile);

export interface PostgresOptions {
  /** Whether commits reach the disk, as in production; true unless told. */
  readonly fsync?: boolean;
  /** Further settings, such as `{ max_connections: "20" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A new, empty database cluster with the superuser and database `postgres`, open to everybody on 127.0.0.1.
 * @throws Error when PostgreSQL is not installed or does not start
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RealServer> {
  const command = needServer("postgres");
  const folder = await mkdtemp(join(tmpdir(), "parley-postgres-"));
  const cleanUp = () => rm(folder, { recursive: true, force: true });
  try {
    const as = await unprivileged();
    if (as) await chown(folder, as.uid, as.gid);
    const data = join(folder, "data");
    const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    await run(join(dirname(command), "initdb"), initdb, { ...as, cwd: folder });
    const port = await freePort();
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      unix_socket_directories: folder,
      fsync: options.fsync === false ? "off" : "on",
      ...options.settings,
    };
    return await startServer({
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      port,
      command,
      args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      options: { ...as, cwd: folder },
      stopSignal: "SIGINT",
      ready: async () => {
        await run(join(dirname(command), "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]);
      },
      cleanUp,
    });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** PostgreSQL refuses to run as root, so root runs it as the user that its package made. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
