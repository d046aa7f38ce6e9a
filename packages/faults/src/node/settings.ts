/** What a node is told when it starts, and what clients ask its agent to do. */

export interface NodeSettings {
  readonly name: string;
  /** A `postgres://` URL, or the path of a SQLite file. */
  readonly store: string;
  /** A `nats://` URL; the store's own bus unless told. */
  readonly bus?: string | undefined;
  /** Any free one unless told. */
  readonly port?: number | undefined;
  /** How long a call is made again while the database cannot be reached; 10 s unless told. */
  readonly retryMillis?: number | undefined;
  readonly leaseMillis?: number | undefined;
  readonly checkMillis?: number | undefined;
  /** Whether a message that is sent again is answered as the first time. */
  readonly idempotency?: "messageId" | undefined;
  /** The file that stands for the world outside: a line for each run and each effect. */
  readonly effects?: string | undefined;
  /** Of webhooks: before the second attempt, the third, and so on. */
  readonly schedule?: readonly number[] | undefined;
  readonly limits?: { readonly runningTasks: number; readonly queuedTasks: number } | undefined;
  /** How long the node may take to end when it is asked to. */
  readonly drainMillis?: number | undefined;
  /** What stands behind the agent does so many things at a time. */
  readonly backendSlots?: number | undefined;
  /** A folder that all nodes can write, for broken parts that need one. */
  readonly shared?: string | undefined;
  /** What is wrong with this node. */
  readonly broken?: string | undefined;
}

/** What a message asks for, as JSON in its text. */
export interface Work {
  /** Lines to write. */
  readonly lines: number;
  /** Before each line. */
  readonly pauseMillis: number;
  /** Characters that are added to each line. */
  readonly width?: number;
  /** Instead of a pause, the backend is at it for so long before each line. */
  readonly backendMillis?: number;
  /** An effect before each line. */
  readonly effects?: boolean;
}

/** One line of a task's artifact, as data: text that is appended would become one part. */
export interface Line {
  readonly number: number;
  /** The node that wrote it. */
  readonly node: string;
  /** The run that wrote it: a task that is taken over is begun again by another run. */
  readonly run: string;
  readonly filler?: string;
}
