/**
 * A2A 0.3, and 0.2, which differs in nothing a server has to know: JSON-RPC beside 1.0 at one URL, HTTP+JSON below
 * `/v1`, a gRPC service of its own, and its card. A server is handed `v0_3` by its application (`versions`); requests
 * that ask for 0.3, or for no version, come here and go to the same dispatcher as all others, so that tasks are shared
 * by clients of all versions. A client is handed it by its application as well, and then calls agents that speak
 * nothing newer.
 */
import type { GrpcWire } from "../../bindings/grpc/wire.js";
import type { Version } from "../../bindings/version.js";
import type { ClientVersion } from "../../client/version.js";
import { errorData } from "../error-body.js";
import { readCard, writeCard } from "./card.js";
import { clients, serviceHeaders } from "./client.js";
import { grpc } from "./grpc.js";
import { httpJsonHandler } from "./http-json.js";
import { finish, jsonrpcMethods } from "./jsonrpc.js";
import { writeTask } from "./messages.js";

export const v0_3: Version & ClientVersion & { readonly grpc: GrpcWire } = {
  names: ["0.3", "0.2"],
  bindings: (dispatcher, options) => ({
    methods: jsonrpcMethods(dispatcher),
    errorData,
    finish,
    httpJson: httpJsonHandler(dispatcher, options),
  }),
  grpc,
  interfaces: (url, grpc) =>
    Object.entries({ JSONRPC: `${url}/`, "HTTP+JSON": url, GRPC: grpc }).flatMap(([protocolBinding, url]) =>
      url === undefined ? [] : { url, protocolBinding, protocolVersion: "0.3" },
    ),
  card: writeCard,
  notification: (task) => writeTask(task, "kind"),
  clients,
  serviceHeaders,
  readCard,
};
