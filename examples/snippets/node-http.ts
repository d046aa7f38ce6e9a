import { createServer as createHttpServer } from "node:http";
import { createServer } from "@parley/a2a";
import { nodeListener } from "@parley/a2a/node";
import { agent } from "./shout.js";

const a2a = nodeListener(createServer(agent, { publicUrl: "http://localhost:4204/shout" }), {
  mountPath: "/shout",
});
export const app = createHttpServer((request, response) => {
  if (request.url?.startsWith("/shout/")) a2a(request, response);
  else response.end("the rest of the application");
});
