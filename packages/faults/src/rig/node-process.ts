/** A node as a process of its own: started, paused and killed by its pid. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { NodeSettings } from "../node/settings.js";

const program = fileURLToPath(new URL("../node/main.js", import.meta.url));

export class NodeProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #port = 0;
  #said = "";
  #paused = false;

  constructor(settings: NodeSettings, environment: NodeJS.ProcessEnv = {}) {
    this.name = settings.name;
    this.#child = fork(program, [JSON.stringify(settings)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.#gone = once(this.#child, "exit");
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-8000);
    });
  }

  /** Waits until it listens. @throws Error with what it said when it ends before */
  async ready(): Promise<void> {
    const port = await Promise.race([
      once(this.#child, "message").then(([message]) => (message as { port: number }).port),
      this.#gone.then(() => undefined),
    ]);
    if (port === undefined) throw new Error(`Node ${this.name} did not start:\n${this.#said}`);
    this.#port = port;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get port(): number {
    return this.#port;
  }

  /** What it wrote to its standard error last. */
  get said(): string {
    return this.#said;
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Stopped in the middle of what it does, until `thaw`. */
  get paused(): boolean {
    return this.#paused;
  }

  freeze(): void {
    this.#paused = this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
    this.#paused = false;
  }

  /** Asks it to end. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** Resolves when the process is gone. */
  async gone(): Promise<void> {
    if (!this.exited) await this.#gone;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.exited) return;
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
