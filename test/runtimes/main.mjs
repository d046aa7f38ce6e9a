// Runs the scenario on Node, Bun and Deno, on Bun and Deno behind the runtime's own server. Prints what was shown.
import { scenario } from "./scenario.mjs";

const listeners = {
  Bun: (fetch) => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
    return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
  },
  Deno: (handler) => {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
    return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
  },
};
const listen = listeners[["Bun", "Deno"].find((name) => name in globalThis)];
console.log(JSON.stringify(await scenario(listen)));
