/**
 * A gRPC client on bare node:http2, for the same reason as the HTTP one: the load must cost less than the server.
 * One connection, any number of calls at once; answers are framed messages, checked when they are all there.
 */
import { Buffer } from "node:buffer";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { a2a } from "@parley/a2a/protobuf";
import type { RunningAgent } from "../harness/running-agent.js";
import type { Endpoints } from "../servers/contract.js";
import type { Cost } from "./drive.js";
import { ChunkSequence } from "./task-stream.js";
import { checkEcho, expect, type StreamShape, userMessage } from "./wire.js";

const prefixBytes = 5;
const windowBytes = 16 * 2 ** 20;

export class GrpcConnection {
  readonly #session: ClientHttp2Session;

  constructor({ grpc }: Endpoints) {
    expect(grpc !== undefined, "expected a gRPC address in the ready line", grpc);
    // A window that never closes: what is measured is not how fast this side opens it.
    this.#session = connect(`http://${grpc}`, { settings: { initialWindowSize: windowBytes } });
    this.#session.once("connect", () => this.#session.setLocalWindowSize(windowBytes));
    this.#session.on("error", () => {});
  }

  /** The bytes of all messages of the answer. */
  call(method: string, request: object): Promise<Buffer> {
    const message = a2a.encode("SendMessageRequest", request);
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32BE(message.length, 1);
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ":method": "POST",
        ":path": `/lf.a2a.v1.A2AService/${method}`,
        "content-type": "application/grpc",
        te: "trailers",
        "a2a-version": "1.0",
      });
      const pieces: Buffer[] = [];
      const trailers = ({ "grpc-status": status, "grpc-message": said }: IncomingHttpHeaders) => {
        if (status !== undefined && status !== "0") reject(new Error(`gRPC status ${status}: ${said}`));
      };
      stream.on("response", trailers);
      stream.on("trailers", trailers);
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => resolve(Buffer.concat(pieces)));
      stream.on("error", reject);
      stream.end(Buffer.concat([prefix, message]));
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

/** @throws WrongAnswer when the bytes are no whole messages */
function* messagesIn(bytes: Buffer, name: string): Generator<object> {
  let at = 0;
  while (at < bytes.length) {
    expect(
      bytes[at] === 0 && bytes.length >= at + prefixBytes,
      "expected an uncompressed message",
      bytes[at],
    );
    const end = at + prefixBytes + bytes.readUInt32BE(at + 1);
    expect(end <= bytes.length, "expected a whole message", bytes.length - at);
    yield a2a.decode(name, bytes.subarray(at + prefixBytes, end));
    at = end;
  }
}

/** SendMessage echoes, each with a text of its own, with `inFlight` calls at a time on one connection. */
export async function driveGrpc(at: Endpoints, count: number, inFlight: number): Promise<void> {
  const connection = new GrpcConnection(at);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const text = `echo number ${next++}`;
      const answers = [
        ...messagesIn(await connection.call("SendMessage", userMessage(text)), "SendMessageResponse"),
      ];
      expect(answers.length === 1, "expected one answer", answers.length);
      checkEcho(answers[0], text);
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, worker));
  } finally {
    connection.close();
  }
}

export async function measureGrpc(agent: RunningAgent, count: number, inFlight: number): Promise<Cost> {
  const before = await agent.probe.sample();
  const begin = performance.now();
  await driveGrpc(agent.endpoints, count, inFlight);
  const seconds = (performance.now() - begin) / 1_000;
  const after = await agent.probe.sample();
  return { cpuMicrosPerOp: (after.cpuMicros - before.cpuMicros) / count, opsPerSecond: count / seconds };
}

/** Sends `stream:count:bytes`, reads it to its end, then checks it. */
export async function runGrpcStream(
  connection: GrpcConnection,
  count: number,
  bytes: number,
): Promise<{ seconds: number }> {
  const begin = performance.now();
  const answer = await connection.call("SendStreamingMessage", userMessage(`stream:${count}:${bytes}`));
  const seconds = (performance.now() - begin) / 1_000;
  const sequence = new ChunkSequence(count, bytes);
  for (const event of messagesIn(answer, "StreamResponse")) sequence.takeEvent(event as StreamShape);
  sequence.ended();
  return { seconds };
}
