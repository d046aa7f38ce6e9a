import { createServer } from "@parley/a2a";
import { expressHandler } from "@parley/a2a/express";
import express from "express";
import { agent } from "./shout.js";

export const app = express();
app.use("/shout", expressHandler(createServer(agent, { publicUrl: "http://localhost:4201/shout" })));
