import { createServer } from "@parley/a2a";
import { fetchHandler } from "@parley/a2a/fetch";
import { agent } from "./shout.js";

const server = createServer(agent, { publicUrl: "https://shout.example.com" });
export default { fetch: fetchHandler(server) };
