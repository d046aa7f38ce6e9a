/** What can be said about a gRPC port; apart from `grpc.ts`, so that types alone do not need @grpc/grpc-js. */
import type { Pem } from "../bindings/grpc/pem.js";
import type { Log } from "../ports/index.js";

/** The port and who is let in. */
export interface GrpcPortOptions {
  /** 0, which is the default, takes any free port. */
  readonly port?: number;
  /** Address to listen on; only this machine (127.0.0.1) if not told. */
  readonly host?: string;
  /** Serves over TLS; with `clientCa`, only clients whose certificate it has signed. */
  readonly tls?: { readonly cert: Pem; readonly key: Pem; readonly clientCa?: Pem };
  /** Milliseconds of silence after which a connection is probed, so that dead ones are found; 30 s if not told. */
  readonly keepaliveMillis?: number;
  /** Answers health checks (`grpc.health.v1`). Needs the package grpc-health-check. */
  readonly health?: boolean;
  /** Tells tools such as grpcurl what it speaks. Needs the package `@grpc/reflection`. */
  readonly reflection?: boolean;
}

export interface GrpcOptions extends GrpcPortOptions {
  /** Largest request message in bytes; 10 MB if not told. */
  readonly bodyBytes?: number;
  /** Milliseconds that calls under way get when the server closes; 5 s if not told. */
  readonly closeTimeout?: number;
  readonly log?: Log;
}

/** A gRPC port beside the HTTP one of `serve`. */
export interface GrpcBesideOptions extends GrpcPortOptions {
  /**
   * The address for the card, where clients reach the port at another one than it listens on. If not told, and the
   * server has a `publicUrl`, it is that URL's host with the port.
   */
  readonly publicUrl?: string;
  /** If the port cannot be had, the log says so and the agent is online without gRPC. */
  readonly optional?: boolean;
}
