/** The agent as a process of its own, which can be killed like any process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What runs the agent: this Node, or the command that the environment names. */
const [command = process.execPath, ...words] = process.env.CRASH_RUNTIME?.split(" ") ?? [];

const script = fileURLToPath(new URL("agent.mjs", import.meta.url));

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #errors = "";

  /** @param nodeOptions For Node, in front of the script. */
  constructor(file: string, port: number, nodeOptions: readonly string[] = []) {
    this.#child = spawn(command, [...words, ...nodeOptions, script, file, String(port)], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#gone = once(this.#child, "exit");
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
  }

  /** Where it listens, once it does. @throws Error with what it said when it ends before. */
  async ready(): Promise<string> {
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    const first = await Promise.race([once(lines, "line"), this.#gone.then(() => undefined)]);
    if (first === undefined) throw new Error(`The agent ended before it listened: ${this.#errors}`);
    return first[0] as string;
  }

  /** Asks what was preloaded into the process, and gives its answer. */
  async ask(): Promise<unknown> {
    const [answer] = await Promise.all([once(this.#child, "message"), this.#child.send("?")]);
    return answer[0];
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
