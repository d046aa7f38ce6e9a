/** Push notification configurations (spec 3.1.7 to 3.1.10). Nothing is delivered: the configured tasks have ended. */
import type { OperationName } from "@parley/a2a/protocol";
import { given, nobody, refused } from "../answers.js";
import { type Check, ensure, must, need } from "../check.js";
import type { Probe } from "../probe.js";
import { at, fieldsOf, listOf } from "../wire/json.js";

const url = "https://example.com/conformance";

/** Requests for each operation about configurations, of a task that does not exist. */
const nowhere = (): [OperationName, object][] => {
  const taskId = nobody();
  return [
    ["CreateTaskPushNotificationConfig", { taskId, url }],
    ["GetTaskPushNotificationConfig", { taskId, id: nobody() }],
    ["ListTaskPushNotificationConfigs", { taskId }],
    ["DeleteTaskPushNotificationConfig", { taskId, id: nobody() }],
  ];
};

async function unknownTask(probe: Probe, wanted: OperationName): Promise<void> {
  need(probe.can("pushNotifications"), "the card declares no push notifications");
  for (const [operation, request] of nowhere())
    if (operation === wanted)
      refused(probe.wire, await probe.wire.call(operation, request), "TASK_NOT_FOUND");
}

/** Made and deleted again. */
async function deleted(probe: Probe) {
  const sent = await probe.newPushConfig();
  const made = fieldsOf(given(await probe.wire.call("CreateTaskPushNotificationConfig", sent)));
  const one = { taskId: sent["taskId"], id: made["id"] };
  given(await probe.wire.call("DeleteTaskPushNotificationConfig", one));
  return one;
}

export const pushChecks: readonly Check<Probe>[] = [
  must("push.create", "3.1.7", "A configuration is made, and has an id.", async (probe) => {
    const { config, sent, answer } = await probe.pushConfig();
    const holds = !!config["id"] && config["url"] === sent["url"] && config["taskId"] === sent["taskId"];
    ensure(holds, `a configuration of task ${sent["taskId"]} with an id and the URL`, answer.exchange);
  }),
  must("push.get", "3.1.8", "It is read back with its URL.", async (probe) => {
    const { config, sent } = await probe.pushConfig();
    const request = { taskId: sent["taskId"], id: config["id"] };
    const answer = await probe.wire.call("GetTaskPushNotificationConfig", request);
    const holds = at(given(answer), "url") === url && at(answer.result, "id") === config["id"];
    ensure(holds, `the configuration ${config["id"]}`, answer.exchange);
  }),
  must("push.list", "3.1.9", "It is among the configurations of its task.", async (probe) => {
    const { config, sent } = await probe.pushConfig();
    const answer = await probe.wire.call("ListTaskPushNotificationConfigs", { taskId: sent["taskId"] });
    const ids = listOf(at(given(answer), "configs")).map((each) => at(each, "id"));
    ensure(ids.includes(config["id"]), `the configuration ${config["id"]}`, answer.exchange);
  }),
  must(
    "push.get-unknown",
    "3.1.8",
    "Reading a configuration that does not exist is TaskNotFoundError.",
    async (probe) => {
      need(probe.can("pushNotifications"), "the card declares no push notifications");
      const { id: taskId } = await probe.endedTask();
      const answer = await probe.wire.call("GetTaskPushNotificationConfig", { taskId, id: nobody() });
      refused(probe.wire, answer, "TASK_NOT_FOUND");
    },
  ),
  must("push.delete", "3.1.10", "A deleted configuration is gone.", async (probe) => {
    const one = await deleted(probe);
    const answer = await probe.wire.call("GetTaskPushNotificationConfig", one);
    ensure(
      answer.error !== undefined,
      "an error, as there is no such configuration any more",
      answer.exchange,
    );
  }),
  must("push.delete-again", "3.1.10", "Deleting it again has the same effect.", async (probe) => {
    const one = await deleted(probe);
    given(await probe.wire.call("DeleteTaskPushNotificationConfig", one));
  }),
  must(
    "push.create-unknown-task",
    "3.1.7",
    "A configuration for a task that does not exist is TaskNotFoundError.",
    (probe) => unknownTask(probe, "CreateTaskPushNotificationConfig"),
  ),
  must(
    "push.get-unknown-task",
    "3.1.8",
    "Reading one of a task that does not exist is TaskNotFoundError.",
    (probe) => unknownTask(probe, "GetTaskPushNotificationConfig"),
  ),
  must(
    "push.list-unknown-task",
    "3.1.9",
    "Listing those of a task that does not exist is TaskNotFoundError.",
    (probe) => unknownTask(probe, "ListTaskPushNotificationConfigs"),
  ),
  must(
    "push.delete-unknown-task",
    "3.1.10",
    "Deleting one of a task that does not exist is TaskNotFoundError.",
    (probe) => unknownTask(probe, "DeleteTaskPushNotificationConfig"),
  ),
  must(
    "push.unsupported",
    "3.3.4",
    "Without push notifications, their operations are PushNotificationNotSupportedError.",
    async (probe) => {
      need(!probe.can("pushNotifications"), "the agent has push notifications");
      for (const [operation, request] of nowhere())
        refused(probe.wire, await probe.wire.call(operation, request), "PUSH_NOTIFICATION_NOT_SUPPORTED");
    },
  ),
];
