/** Every TCP connection that this process tries to make, seen below everything that could hide it. */
import { createHook } from "node:async_hooks";

export interface Connections {
  /** `address:port` of each attempt since the last call. */
  take(): string[];
  stop(): void;
}

export function watchConnections(): Connections {
  const requests: object[] = [];
  const hook = createHook({
    init(_id, type, _trigger, request) {
      if (type === "TCPCONNECTWRAP") requests.push(request);
    },
  }).enable();
  return {
    take: () =>
      requests
        .splice(0)
        .map((request) => `${Reflect.get(request, "address")}:${Reflect.get(request, "port")}`),
    stop: () => void hook.disable(),
  };
}
