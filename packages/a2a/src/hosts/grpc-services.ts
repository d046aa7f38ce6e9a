/** The standard services beside the agent's own. Each is a package that is loaded only when asked for. */
import type { Server } from "@grpc/grpc-js";
import { fileDescriptors } from "../bindings/grpc/descriptors.js";
import type { GrpcWire } from "../bindings/grpc/index.js";

/**
 * `grpc.health.v1.Health`: SERVING, for the server and for each of A2A's services.
 *
 * @returns what says NOT_SERVING from then on.
 * @throws Error when the package grpc-health-check is not there
 */
export async function addHealth(server: Server, names: readonly string[]): Promise<() => void> {
  const { HealthImplementation } = await import("grpc-health-check");
  const services = ["", ...names];
  const health = new HealthImplementation(
    Object.fromEntries(services.map((name) => [name, "SERVING" as const])),
  );
  health.addToServer(server);
  return () => {
    for (const name of services) health.setStatus(name, "NOT_SERVING");
  };
}

/**
 * `grpc.reflection.v1.ServerReflection` (and v1alpha), for grpcurl and its like.
 * @throws Error when the package `@grpc/reflection` is not there
 */
export async function addReflection(server: Server, wires: readonly GrpcWire[]): Promise<void> {
  const { ReflectionService } = await import("@grpc/reflection");
  const format = "Protocol Buffer 3 EnumDescriptorProto" as const;
  new ReflectionService({
    files: { format, type: {}, fileDescriptorProtos: fileDescriptors(wires) },
  }).addToServer(server);
}
