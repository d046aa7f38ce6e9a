import type { CommandRow } from "../commands/index.js";
import type { Flags } from "../config/index.js";
import type { PartFlag } from "../context.js";

/** What the command line said. */
export interface Invocation {
  row?: CommandRow;
  readonly flags: Flags;
  readonly parts: PartFlag[];
  args: readonly string[];
}
