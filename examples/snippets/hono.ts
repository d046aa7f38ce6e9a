import { createServer } from "@parley/a2a";
import { honoHandler } from "@parley/a2a/hono";
import { Hono } from "hono";
import { agent } from "./shout.js";

export const app = new Hono();
app.all("/shout/*", honoHandler(createServer(agent, { publicUrl: "http://localhost:4203/shout" })));
