/** How databases go through tasks that have ended: from the oldest on. */

/** Before the oldest task. */
export const oldest = { age: Number.MAX_SAFE_INTEGER, id: "" };

export type Place = typeof oldest;

/** Tasks that a call passes over to find one to fold, where owners differ. */
export const passedOver = 10;
