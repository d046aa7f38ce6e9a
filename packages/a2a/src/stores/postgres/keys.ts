/** How ids are written where an index has them: it takes no key longer than about 2,700 bytes. */
import { createHash } from "node:crypto";
import { toKey } from "../text.js";

const longest = 600;

/** A key, and the text it stands for when it does not say that itself. */
export interface Key {
  readonly key: string;
  readonly name: string | null;
}

/** A long text's key is its digest, behind a quotation mark that is never closed, which no other key begins with. */
export function keyOf(text: string): Key {
  const key = toKey(text);
  if (key.length <= longest) return { key, name: null };
  return { key: `"#${createHash("sha256").update(key).digest("hex")}`, name: key };
}

export const toIndexKey = (text: string): string => keyOf(text).key;
