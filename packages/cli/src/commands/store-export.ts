/** `parley store export`: every task of a store, as lines of JSON in a file or on stdout. */
import { existsSync } from "node:fs";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { exportTasks } from "@parley/a2a/transfer";
import type { Command, Context } from "../context.js";
import { caughtUp } from "../io.js";
import { notWritten } from "../local-file.js";
import { commandLine, usage } from "../output/index.js";
import { type Count, counted, pieces } from "../store/lines.js";
import { withStore } from "../store/open.js";
import { placeOf, shown } from "../store/place.js";

export const command: Command = (context) => {
  const { config, text } = context;
  const out = config.get("out");
  if (out === undefined) throw usage("--out says where to: a file, or - for stdout");
  const path = out === "-" ? undefined : resolve(context.io.cwd, out);
  if (path !== undefined && existsSync(path) && !config.get("force"))
    throw usage(`--out: ${out} is there already`, "Take another name, or add --force to replace it.");
  return withStore(context, async (store) => {
    const count: Count = { tasks: 0 };
    const source = pieces(counted(exportTasks(store), context, count));
    await (path === undefined ? print(context, source) : save(path, source, out));
    const { tasks } = count;
    if (path === undefined) return context.diagnostics.progress(`Exported ${tasks} tasks`);
    if (context.json) return context.emit({ store: shown(placeOf(config)), file: path, tasks });
    text.field("Store", shown(placeOf(config)));
    text.field("File", path);
    text.field("Tasks", tasks);
    text.field("Next", commandLine(context, "store import", out, "--store", '"<another store>"'));
  });
};

async function print({ io }: Context, source: AsyncIterable<string>): Promise<void> {
  for await (const piece of source) {
    io.stdout.write(piece);
    await caughtUp(io.stdout, io.signal);
  }
}

/** There under its name only when it is whole. Readable by its owner alone: tasks and secrets are in it. */
async function save(path: string, source: AsyncIterable<string>, out: string): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  const file = await open(partial, "wx", 0o600).catch((error: unknown) => {
    throw notWritten("--out", out, error);
  });
  try {
    await writeFile(file, source);
    await file.sync();
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(partial, path);
}
