import { A2AError, connect } from "@parley/a2a/client";
import { v0_3 } from "@parley/a2a/compat";
import { grpc } from "@parley/a2a/grpc";
import { sendRequest } from "../requests.mjs";
import { drive } from "../stdio.mjs";

const [url, binding] = process.argv.slice(2);
const client = await connect(url, { bindings: [binding], transports: [grpc()], versions: [v0_3] });
if (client.interface.protocolBinding !== binding) throw new Error(`the card has no ${binding}`);

const options = ({ version }) => (version ? { headers: { "a2a-version": version } } : {});

drive(
  {
    card: () => client.card,
    send: (args) => client.sendMessage(sendRequest(args), options(args)),
    stream: (args) => client.sendStreamingMessage(sendRequest(args)),
    get: (args) => client.getTask(args),
    list: (args) => client.listTasks(args),
    cancel: (args) => client.cancelTask(args),
    subscribe: (args) => client.subscribeToTask(args),
    "push-create": (args) => client.createTaskPushNotificationConfig(args),
    "push-get": (args) => client.getTaskPushNotificationConfig(args),
    "push-list": (args) => client.listTaskPushNotificationConfigs(args),
    "push-delete": (args) => client.deleteTaskPushNotificationConfig(args),
    "extended-card": () => client.getExtendedAgentCard(),
  },
  (error) => (error instanceof A2AError ? { reason: error.reason } : { name: error?.name }),
);
