import {
  AgentCard,
  CancelTaskRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  GetTaskRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageRequest,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
  TaskPushNotificationConfig,
} from "@a2a-js/sdk";
import {
  AgentCardResolver,
  ClientFactory,
  ClientFactoryOptions,
  ServiceParameters,
  withA2AVersion,
} from "@a2a-js/sdk/client";
import { GrpcTransportFactory } from "@a2a-js/sdk/client/grpc";
import { sendRequest } from "../requests.mjs";
import { drive } from "../stdio.mjs";

const [url, binding] = process.argv.slice(2);
const factory = new ClientFactory(
  ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
    transports: [new GrpcTransportFactory()],
    preferredTransports: [binding],
  }),
);
const card = await AgentCardResolver.default.resolve(url);
const client = await factory.createFromAgentCard(card);

const options = ({ version }) =>
  version ? { serviceParameters: ServiceParameters.create(withA2AVersion(version)) } : {};

async function* events(stream) {
  for await (const event of stream) yield StreamResponse.toJSON(event);
}

drive(
  {
    card: () => AgentCard.toJSON(card),
    async send(args) {
      const result = await client.sendMessage(SendMessageRequest.fromJSON(sendRequest(args)), options(args));
      return "messageId" in result ? { message: Message.toJSON(result) } : { task: Task.toJSON(result) };
    },
    stream: (args) => events(client.sendMessageStream(SendMessageRequest.fromJSON(sendRequest(args)))),
    get: async (args) => Task.toJSON(await client.getTask(GetTaskRequest.fromJSON(args))),
    list: async (args) => ListTasksResponse.toJSON(await client.listTasks(ListTasksRequest.fromJSON(args))),
    cancel: async (args) => Task.toJSON(await client.cancelTask(CancelTaskRequest.fromJSON(args))),
    subscribe: (args) => events(client.resubscribeTask(SubscribeToTaskRequest.fromJSON(args))),
    "push-create": async (args) =>
      TaskPushNotificationConfig.toJSON(
        await client.createTaskPushNotificationConfig(TaskPushNotificationConfig.fromJSON(args)),
      ),
    "push-get": async (args) =>
      TaskPushNotificationConfig.toJSON(
        await client.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(args)),
      ),
    "push-list": async (args) =>
      ListTaskPushNotificationConfigsResponse.toJSON(
        await client.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON(args)),
      ),
    "push-delete": (args) =>
      client.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(args)),
    "extended-card": async () => AgentCard.toJSON(await client.getAgentCard()),
  },
  ({ name, reason, envelopeCode, statusCode }) => ({ name, reason, code: envelopeCode, status: statusCode }),
);
