/** Where the servers' binaries are on this machine, and what to do when they are not. */
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Binary {
  readonly title: string;
  readonly file: string;
  /** Folders besides PATH; a `*` stands for every version there, the newest first. */
  readonly folders: readonly string[];
  readonly install: string;
}

const binaries = {
  postgres: {
    title: "PostgreSQL",
    file: "postgres",
    folders: [
      "/usr/lib/postgresql/*/bin",
      "/usr/pgsql-*/bin",
      "/opt/homebrew/opt/postgresql@*/bin",
      "/usr/local/opt/postgresql@*/bin",
    ],
    install: "apt-get install postgresql, dnf install postgresql-server or brew install postgresql",
  },
  nats: {
    title: "NATS",
    file: "nats-server",
    folders: ["/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"],
    install: "apt-get install nats-server or brew install nats-server",
  },
} as const satisfies Record<string, Binary>;

export type ServerName = keyof typeof binaries;

/** The path of a server's binary, or undefined when it is not installed. */
export function findServer(name: ServerName): string | undefined {
  const { file, folders } = binaries[name];
  const path = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const found = [...path, ...folders.flatMap(expand)].map((folder) => join(folder, file)).find(executable);
  // PostgreSQL's other commands are beside the binary, not beside a link to it.
  return found && realpathSync(found);
}

/** @returns what to tell people when the server is not installed, else undefined */
export function serverMissing(name: ServerName): string | undefined {
  if (findServer(name) !== undefined) return undefined;
  const { title, file, install } = binaries[name];
  return `${title} is not installed: found no ${file} (${install})`;
}

/** @throws Error that says how to install it */
export function needServer(name: ServerName): string {
  const path = findServer(name);
  if (path === undefined) throw new Error(serverMissing(name));
  return path;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function expand(folder: string): string[] {
  const star = folder.indexOf("*");
  if (star === -1) return [folder];
  const slash = folder.lastIndexOf("/", star);
  const [before, after] = [folder.slice(slash + 1, star), folder.slice(star + 1)];
  try {
    return readdirSync(folder.slice(0, slash))
      .filter((entry) => entry.startsWith(before))
      .sort(
        (a, b) => Number.parseInt(b.slice(before.length), 10) - Number.parseInt(a.slice(before.length), 10),
      )
      .map((entry) => `${folder.slice(0, slash)}/${entry}${after}`);
  } catch {
    return [];
  }
}
