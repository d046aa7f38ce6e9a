/**
 * A2A over gRPC, for both sides: `serveGrpc` puts a server on a port, `grpc()` lets a client use one.
 * Needs the package @grpc/grpc-js, which nothing else of the SDK loads.
 */
export type { Pem } from "./bindings/grpc/index.js";
export { type GrpcCertificates, type GrpcTransportOptions, grpc } from "./client/grpc/index.js";
export { type GrpcListening, type GrpcOptions, serveGrpc } from "./hosts/grpc.js";
