/** `parley store status`: the version of a store's schema, and how many tasks are in it. */
import type { Command, Context } from "../context.js";
import { commandLine } from "../output/index.js";
import { placeOf, shown, storeFlag } from "../store/place.js";
import { schemaOf } from "../store/schema.js";

export const command: Command = async (context) => {
  const { config, text } = context;
  const { version, newest, tasks } = await (await schemaOf(context)).status();
  const store = shown(placeOf(config));
  if (context.json) return context.emit({ store, version, newest, ...(tasks && { tasks }) });
  text.field("Store", store);
  text.field("Schema", version === newest ? version : `${version || "none"} (newest: ${newest})`);
  if (version < newest) text.field("Next", commandLine(context, "store migrate", ...storeFlag(context)));
  if (tasks) printCounts(context, tasks);
};

function printCounts({ text }: Context, tasks: Readonly<Record<string, number>>): void {
  const counts = Object.entries(tasks);
  text.field(
    "Tasks",
    counts.reduce((sum, [, n]) => sum + n, 0),
  );
  for (const [state, n] of counts) text.field(state, n);
}
