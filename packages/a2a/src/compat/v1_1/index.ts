/**
 * The draft of A2A 1.1 (branch dev-1.1 of the specification), which says how far a task is: `generation`, GetTask that
 * waits for the next one (`currentGeneration`), and messages that are taken only at the one they name
 * (`ifGenerationMatch`). A server is handed `draft1_1` by its application (`versions`); only requests that ask for 1.1
 * come here, and nobody else sees anything of it. A client asks for it that is handed it as well, as `connect1_1` does.
 * It may change with the draft.
 */
import { current, type OlderGrpcClient, type OlderGrpcServer } from "../../bindings/grpc/wire.js";
import { httpJsonHandler } from "../../bindings/http-json/server.js";
import type { Version } from "../../bindings/version.js";
import type { ClientVersion } from "../../client/version.js";
import { type Operation, operations, protocolVersion } from "../../protocol/index.js";
import { clients, serviceHeaders } from "./client.js";
import { draftDispatcher, numberedJson } from "./dispatcher.js";
import { check, schema } from "./fields.js";

const byName: ReadonlyMap<string, Operation> = new Map(Object.entries(operations));

const grpc: OlderGrpcServer & OlderGrpcClient = {
  ...current,
  schema,
  check,
  dispatcher: draftDispatcher,
  headers: serviceHeaders,
  request: (_, request) => request,
  answer: (_, message) => message,
  reason: () => undefined,
};

export const draft1_1: Version & ClientVersion = {
  names: ["1.1"],
  newer: true,
  onlyAsked: true,
  bindings(dispatcher, options) {
    const drafted = draftDispatcher(dispatcher);
    return {
      methods(name) {
        const operation = byName.get(name);
        return operation && { operation, dispatcher: drafted };
      },
      httpJson: httpJsonHandler(drafted, options),
    };
  },
  grpc,
  interfaces: () => [],
  card(card) {
    const own = card.supportedInterfaces.filter((each) => each.protocolVersion === protocolVersion);
    const drafted = own.map((each) => ({ ...each, protocolVersion: "1.1" }));
    return { ...card, supportedInterfaces: [...drafted, ...card.supportedInterfaces] };
  },
  event: numberedJson,
  clients,
  serviceHeaders,
  check,
  readCard: () => undefined,
};
