import { createServer } from "@parley/a2a";
import { fastifyPlugin } from "@parley/a2a/fastify";
import Fastify from "fastify";
import { agent } from "./shout.js";

export const app = Fastify();
const server = createServer(agent, { publicUrl: "http://localhost:4202/shout" });
await app.register(fastifyPlugin(server), { prefix: "/shout" });
