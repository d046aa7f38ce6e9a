/** The dispatcher as gRPC of 0.3 sees it: it takes and gives messages of the proto, which names by paths. */

import { asObject } from "../../bindings/read-error.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import { A2AError, type AgentCard, invalidField, type OperationName } from "../../protocol/index.js";
import { writeCard } from "./card.js";
import { translating } from "./dispatcher.js";
import { idsIn, taskIn } from "./names.js";
import { type Row, rows } from "./operations.js";

type Request = Readonly<Record<string, unknown>>;

const task = ({ name, historyLength }: Request) => ({ id: taskIn(name), historyLength: set(historyLength) });

const config = ({ name }: Request) => {
  const { taskId, id } = idsIn(name) ?? {};
  if (!id) throw invalidField("name", 'expected "tasks/{id}/pushNotificationConfigs/{id}"');
  return { id: taskId, pushNotificationConfigId: id };
};

/** What is not on the wire is false; it waits for nobody then. */
const send = ({ configuration, ...same }: Request) => {
  const { blocking = false, historyLength, ...others } = asObject(configuration);
  return { ...same, configuration: { ...others, blocking, historyLength: set(historyLength) } };
};

/** Requests as JSON-RPC has them. */
const params: Partial<Record<OperationName, (request: Request) => Request>> = {
  SendMessage: send,
  SendStreamingMessage: send,
  GetTask: task,
  CancelTask: task,
  SubscribeToTask: task,
  CreateTaskPushNotificationConfig: ({ parent, configId, config }) => ({
    taskId: taskIn(parent, "parent"),
    configId,
    config,
  }),
  GetTaskPushNotificationConfig: config,
  DeleteTaskPushNotificationConfig: config,
};

/** Zero is how the proto says nothing. */
function set(number: unknown): unknown {
  return number === 0 ? undefined : number;
}

function request(name: OperationName, message: Request): unknown {
  if (name === "ListTaskPushNotificationConfigs") {
    const { parent, pageSize = 100, pageToken } = message;
    return { taskId: taskIn(parent, "parent"), pageSize, pageToken };
  }
  return rows[name].readRequest(params[name]?.(message) ?? message);
}

export const protoCard = (card: AgentCard): object => ({
  ...writeCard(card),
  security: card.securityRequirements,
  skills: card.skills.map(({ securityRequirements: security, ...skill }) => ({ ...skill, security })),
});

export function grpcDispatcher(current: Dispatcher, card: () => AgentCard | undefined): Dispatcher {
  const older = (name: OperationName): Dispatcher => {
    const { writeAnswer }: Pick<Row<never>, "writeAnswer"> = rows[name];
    return translating(current, {
      request: (message) => request(name, asObject(message)),
      answer: (message) =>
        name === "GetExtendedAgentCard" ? protoCard(message) : writeAnswer(message, "proto"),
    });
  };
  return {
    async unary(name, message, call) {
      try {
        return await older(name).unary(name, message, call);
      } catch (error) {
        const open = name === "GetExtendedAgentCard" && isWithoutExtendedCard(error) ? card() : undefined;
        if (open === undefined) throw error;
        return { json: JSON.stringify(protoCard(open)), extensions: [] };
      }
    },
    stream: (name, message, call) => older(name).stream(name, message, call),
  };
}

/** GetAgentCard has the public card where there is no other (0.3 a2a.proto). */
function isWithoutExtendedCard(error: unknown): boolean {
  if (!(error instanceof A2AError)) return false;
  const { reason, metadata } = error;
  return reason === "EXTENDED_AGENT_CARD_NOT_CONFIGURED" || metadata.capability === "extendedAgentCard";
}
