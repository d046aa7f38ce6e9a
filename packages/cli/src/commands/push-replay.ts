/** `parley push replay`: the agent sends what was given up once more, when it runs next or at once where the store is shared. */
import type { Command } from "../context.js";
import { allDeliveries } from "../push/deliveries.js";
import { withStore } from "../store/open.js";

export const command: Command = (context) =>
  withStore(context, async (store) => {
    const [taskId, configId] = [context.arg(0) || undefined, context.arg(1) || undefined];
    let configurations = 0;
    let deadLetters = 0;
    for await (const { config } of allDeliveries(store, { taskId, troubled: true })) {
      if (configId !== undefined && config.id !== configId) continue;
      deadLetters += await store.outbox.replay(config.taskId, config.id);
      configurations++;
    }
    if (context.json) return context.emit({ configurations, deadLetters });
    context.text.field("Configurations", configurations);
    context.text.field("Dead letters", deadLetters);
  });
