/** `parley store import`: tasks that `store export` wrote, into a store. What is there already stays as it is. */
import { createReadStream, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Imported, importTasks } from "@parley/a2a/transfer";
import type { Command, Context } from "../context.js";
import { Failure, usage } from "../output/index.js";
import { counted, linesOf } from "../store/lines.js";
import { withStore } from "../store/open.js";
import { placeOf, shown } from "../store/place.js";

export const command: Command = async (context) => {
  const { config, text } = context;
  const source = sourceOf(context);
  const take = counted(linesOf(source), context, { tasks: 0 });
  const { tasks, present } = await withStore(
    context,
    (store): Promise<Imported> =>
      importTasks(store, take).catch((error: unknown) => {
        throw context.io.signal.aborted ? error : brokenOff(error);
      }),
    { create: true },
  );
  const store = shown(placeOf(config));
  if (context.json) return context.emit({ store, tasks, present });
  text.field("Store", store);
  text.field("Imported", tasks);
  text.field("Already there", present);
};

function sourceOf(context: Context): AsyncIterable<Uint8Array | string> {
  const name = context.arg(0);
  if (name === "-") return context.io.stdin;
  const path = resolve(context.io.cwd, name);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw usage(`there is no file ${name}`);
  if (!there.isFile()) throw usage(`${name} is not a file`);
  return createReadStream(path);
}

function brokenOff(error: unknown): Failure {
  return new Failure("A2ACLI_ERR_INTERNAL", error instanceof Error ? error.message : String(error), {
    hint: "What was imported before this stays, and is passed over when the import is run again.",
    cause: error,
  });
}
