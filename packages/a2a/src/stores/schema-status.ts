/** What an operator may ask of a store that has a schema. */
import type { TaskState } from "../protocol/index.js";

/** How many tasks are in each state; states without any are left out. */
export type TaskCounts = Readonly<Partial<Record<TaskState, number>>>;

export interface SchemaStatus {
  /** How many migrations the schema has had; 0 when it is not there. */
  readonly version: number;
  /** How many this Parley knows. */
  readonly newest: number;
  /** What is kept there, when the schema is the newest. */
  readonly tasks?: TaskCounts;
}
