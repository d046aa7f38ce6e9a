/** How much of a task a database keeps twice and reads at once, in characters. */

/** A snapshot pays once folding would read more than this, and is no longer worth a second copy past that. */
export const snapshotFrom = 64 * 1024;
export const snapshotUpTo = 8 * 1024 * 1024;

/** How much of a task is in memory at once while it is folded. */
export const foldChunk = 1024 * 1024;
