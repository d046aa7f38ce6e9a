import { connect } from "@parley/a2a/client";
import { grpc } from "@parley/a2a/grpc";
import { serve } from "@parley/a2a/node";
import { agent } from "./shout.js";

export const { url, close } = await serve(agent, {
  port: Number(process.env.PORT ?? 4206),
  grpc: { port: Number(process.env.GRPC_PORT ?? 4207) },
});

const client = await connect(url, { transports: [grpc()], bindings: ["GRPC"] });
console.log(await client.ask("hello"));
