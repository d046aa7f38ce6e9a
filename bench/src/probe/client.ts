/** The harness's end of the probe: asks one running server for its figures. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sample } from "./sample.js";

interface Question {
  resolve(sample: Sample): void;
  reject(error: Error): void;
}

export class Probe {
  readonly #socket: Socket;
  #waiting: Question[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8").on("data", (line: string) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Sample);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("the server is gone"));
    });
  }

  /** @throws Error when the process at `path` is no Node process, hence has no probe. */
  static async open(path: string): Promise<Probe> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", (cause) => {
        reject(
          new Error(`no probe in the server: adapter commands start node directly (${path})`, { cause }),
        );
      });
    });
    return new Probe(socket);
  }

  sample(): Promise<Sample> {
    return this.#ask("now");
  }

  /** The figures after full collections; twice, as finalizers free memory one collection later. */
  async settled(): Promise<Sample> {
    await this.#ask("gc");
    await sleep(50);
    return this.#ask("gc");
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(line: "now" | "gc"): Promise<Sample> {
    return new Promise((resolve, reject) => {
      if (!this.#socket.writable) return reject(new Error("the server is gone"));
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${line}\n`);
    });
  }
}
