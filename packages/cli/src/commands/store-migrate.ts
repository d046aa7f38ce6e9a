/** `parley store migrate`: brings a store's schema to this version, and makes it where there is none. */
import type { Command } from "../context.js";
import { placeOf, shown } from "../store/place.js";
import { schemaOf } from "../store/schema.js";

export const command: Command = async (context) => {
  const schema = await schemaOf(context);
  const was = await schema.migrate();
  const { version, newest } = await schema.status();
  const store = shown(placeOf(context.config));
  if (context.json) return context.emit({ store, version, newest, was });
  context.text.field("Store", store);
  context.text.field(
    "Schema",
    was === version ? `${version} (as before)` : `${version} (was ${was || "none"})`,
  );
};
