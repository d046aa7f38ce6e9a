/** `parley push list`: how the deliveries of webhooks stand, without any secret. */
import type { DeadLetter, Delivery, Store } from "@parley/a2a/ports";
import type { Command, Context } from "../context.js";
import { commandLine } from "../output/index.js";
import { allDeliveries } from "../push/deliveries.js";
import { withStore } from "../store/open.js";
import { storeFlag } from "../store/place.js";

/** What is shown of one configuration. */
interface Shown extends Omit<Delivery, "config" | "deadLetters"> {
  readonly taskId: string;
  readonly configId: string;
  readonly url: string;
  readonly deadLetters: readonly DeadLetter[];
}

export const command: Command = (context) =>
  withStore(context, async (store) => {
    const taskId = context.arg(0) || undefined;
    const deliveries: Shown[] = [];
    for await (const delivery of allDeliveries(store, { taskId, troubled: context.config.get("troubled") }))
      deliveries.push(await shown(store, delivery));
    if (context.json) return context.emit({ deliveries });
    for (const delivery of deliveries) print(context, delivery);
    context.text.section();
    context.text.field("Shown", deliveries.length);
    if (deliveries.some((each) => each.deadLetters.length > 0 || each.state === "disabled"))
      context.text.field("Next", commandLine(context, "push replay", ...storeFlag(context)));
  });

/** How many dead letters of one configuration are shown. */
const lettersShown = 100;

async function shown({ outbox }: Store, { config, deadLetters, ...delivery }: Delivery): Promise<Shown> {
  const { taskId, id: configId, url } = config;
  const { origin, pathname } = new URL(url);
  const letters = deadLetters > 0 ? await outbox.deadLetters(taskId, configId, lettersShown, 0) : [];
  return { taskId, configId, url: origin + pathname, ...delivery, deadLetters: letters };
}

function print({ text }: Context, delivery: Shown): void {
  text.section();
  text.field("Task ID", delivery.taskId);
  text.field("Config ID", delivery.configId);
  text.field("URL", delivery.url);
  text.field("State", delivery.failing ? `${delivery.state}, failing` : delivery.state);
  text.field("Delivered", delivery.seq);
  text.field("Waiting", delivery.waiting);
  text.field("Attempts", delivery.attempts || undefined);
  text.field("Last error", delivery.error);
  if (delivery.dueInMillis !== undefined)
    text.field("Next attempt", `in ${Math.max(0, Math.round(delivery.dueInMillis / 1000))} s`);
  for (const { seq, attempts, error } of delivery.deadLetters)
    text.field("Dead letter", `${seq} (${attempts} attempts, ${error})`);
}
