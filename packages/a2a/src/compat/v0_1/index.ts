/**
 * The first A2A, 0.1. On the server: its JSON-RPC at a URL of its own and, for methods that nobody else has or tasks
 * that nobody else knows, beside that of 0.3; and the plain HTTP that tutorials show. Its clients choose the ids of
 * tasks: they become names that dispatch finds the task by. A client that is handed it calls agents with cards of
 * that age, in whichever way they know.
 */
import type { Version } from "../../bindings/version.js";
import type { ClientVersion } from "../../client/version.js";
import { errorData } from "../error-body.js";
import { readCard, writeCard } from "./card.js";
import { clients, serviceHeaders } from "./client.js";
import { httpHandler, ownPath } from "./http.js";
import { jsonrpcMethods } from "./jsonrpc.js";
import { writeTask } from "./messages.js";

export const v0_1: Version & ClientVersion = {
  names: ["0.1"],
  bindings: (dispatcher, options) => ({
    methods: jsonrpcMethods(dispatcher),
    errorData,
    httpJson: httpHandler(dispatcher, options),
  }),
  interfaces: (url) => [{ url: `${url}${ownPath}`, protocolBinding: "JSONRPC", protocolVersion: "0.1" }],
  card: writeCard,
  notification: (task, name) => writeTask(task, name),
  clients,
  serviceHeaders,
  answersEarly: true,
  readCard,
};
