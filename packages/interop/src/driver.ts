/**
 * A client of some SDK, in a process of its own, told what to call line by line: `{"call": 1, "op": "get", …}` goes
 * in; `{"call": 1, "event": …}` for each event of a stream, and then `{"call": 1, "result": …}` or
 * `{"call": 1, "error": {…}}` come out.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Json } from "./normal.js";
import type { Command } from "./peers.js";

/** What a peer's SDK makes of an error: as much as it tells. */
export interface SeenError {
  /** Name of its class. */
  readonly name?: string;
  /** `ErrorInfo.reason`. */
  readonly reason?: string;
  /** JSON-RPC. */
  readonly code?: number;
  /** HTTP. */
  readonly status?: number;
  /** gRPC. */
  readonly grpc?: number;
  readonly message: string;
}

export class DriverError extends Error {
  constructor(readonly seen: SeenError) {
    super(`${seen.reason ?? seen.name ?? "Error"}: ${seen.message}`);
  }
}

interface Answer {
  readonly call: number;
  readonly event?: unknown;
  readonly result?: unknown;
  readonly error?: SeenError;
  /** The process ended. */
  readonly gone?: string;
}

/** How long any step may take. */
const patience = 15_000;

export class Driver {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;
  #complaints = "";
  #gone = false;

  constructor({ command, words, cwd, env }: Command) {
    this.#process = spawn(command, words, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr?.on("data", (chunk) => {
      this.#complaints = (this.#complaints + chunk).slice(-4_000);
    });
    this.#process.stdin?.on("error", () => {});
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      if (!line.startsWith('{"call"')) return;
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.call)?.(answer);
    });
    const end = () => {
      this.#gone = true;
      for (const [call, tell] of this.#waiting) tell({ call, gone: this.#obituary() });
    };
    this.#process.on("exit", end);
    this.#process.on("error", end);
  }

  #obituary(): string {
    return `the client ended: ${this.#complaints.trim().split("\n").at(-1) ?? ""}`;
  }

  /** @throws DriverError with what the SDK threw; Error when no answer comes */
  async call(op: string, args: Json = {}): Promise<unknown> {
    const stream = this.stream(op, args);
    for (;;) {
      const { done, value } = await stream.next();
      if (done) return value;
    }
  }

  /** Begins at once; yields the events of a stream and returns the result. */
  stream(op: string, args: Json = {}): AsyncGenerator<unknown, unknown, undefined> {
    const call = ++this.#calls;
    const answers: Answer[] = [];
    let wake = () => {};
    this.#waiting.set(call, (answer) => {
      answers.push(answer);
      wake();
    });
    if (this.#gone) answers.push({ call, gone: this.#obituary() });
    else this.#process.stdin?.write(`${JSON.stringify({ call, op, ...args })}\n`);
    const next = () =>
      new Promise<Answer>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${op}: nothing came in time`)), patience);
        wake = () => {
          const answer = answers.shift();
          if (answer === undefined) return;
          clearTimeout(timer);
          wake = () => {};
          resolve(answer);
        };
        wake();
      });
    const waiting = this.#waiting;
    return (async function* () {
      try {
        for (;;) {
          const answer = await next();
          if (answer.gone !== undefined) throw new Error(answer.gone);
          if (answer.error) throw new DriverError(answer.error);
          if (answer.event === undefined) return answer.result;
          yield answer.event;
        }
      } finally {
        waiting.delete(call);
      }
    })();
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }
}
