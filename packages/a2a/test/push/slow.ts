import type { Store } from "../../src/ports/index.js";

/** A store whose every answer comes a macrotask later, as those of databases elsewhere do. */
export function slow(store: Store): Store {
  return {
    ...store,
    journal: later(store.journal),
    pushConfigs: later(store.pushConfigs),
    outbox: later(store.outbox),
  };
}

function later<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...values: unknown[]) => {
        await new Promise((resolve) => setImmediate(resolve));
        return method.apply(target, values);
      };
    },
  });
}
