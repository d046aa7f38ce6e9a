/**
 * A2A over gRPC (spec 10): the service `lf.a2a.v1.A2AService`, made from the operations table, and those that older
 * versions bring (`wire.ts`). Messages travel as
 * protobuf bytes that `codec/protobuf` makes of their ProtoJSON shape; errors as `google.rpc.Status`.
 * `hosts/grpc.ts` puts `grpcService` on a socket, `client/grpc.ts` calls through `grpcCalls`. The server's side calls
 * dispatch (through its contract). Needs @grpc/grpc-js, so nothing imports this room unless gRPC was asked for.
 */
export { type GrpcCalls, type GrpcClient, grpcCalls } from "./client.js";
export { type Pem, readPem } from "./pem.js";
export { type AskedWire, type GrpcService, grpcService } from "./server.js";
export { sequenceKey } from "./service.js";
export { detailsKey, fromStatus } from "./status.js";
export { batching } from "./stream.js";
export { current, type GrpcWire, type OlderGrpcClient, type OlderGrpcServer, serviceOf } from "./wire.js";
