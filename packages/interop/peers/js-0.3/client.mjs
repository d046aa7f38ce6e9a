import {
  AgentCardResolver,
  ClientFactory,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk-0.3/client";
import { GrpcTransportFactory } from "@a2a-js/sdk-0.3/client/grpc";
import { sendParams } from "../requests.mjs";
import { drive } from "../stdio.mjs";

const [url, binding] = process.argv.slice(2);
const factory = new ClientFactory({
  transports: [new JsonRpcTransportFactory(), new RestTransportFactory(), new GrpcTransportFactory()],
  preferredTransports: [binding],
});
const card = await AgentCardResolver.default.resolve(url);
const client = await factory.createFromAgentCard(card);

drive(
  {
    card: () => card,
    send: (args) => client.sendMessage(sendParams(args)),
    stream: (args) => client.sendMessageStream(sendParams(args)),
    get: (args) => client.getTask(args),
    cancel: (args) => client.cancelTask(args),
    subscribe: (args) => client.resubscribeTask(args),
    "push-create": ({ taskId, ...pushNotificationConfig }) =>
      client.setTaskPushNotificationConfig({ taskId, pushNotificationConfig }),
    "push-get": ({ taskId, id }) =>
      client.getTaskPushNotificationConfig({ id: taskId, pushNotificationConfigId: id }),
    "push-list": async ({ taskId }) => ({
      configs: await client.listTaskPushNotificationConfig({ id: taskId }),
    }),
    "push-delete": ({ taskId, id }) =>
      client.deleteTaskPushNotificationConfig({ id: taskId, pushNotificationConfigId: id }),
    // With this capability in the card, the SDK fetches it on its own.
    "extended-card": () => client.getAgentCard(),
  },
  (error) => {
    const told = error.code ?? error.errorResponse?.error?.code ?? /-32\d{3}/.exec(error.message)?.[0];
    const grpc = error.cause?.code;
    return {
      name: error.constructor.name,
      ...(told !== undefined && { code: Number(told) }),
      ...(grpc && { grpc }),
    };
  },
);
