/**
 * One row per command. program/ turns the rows into a parser and its help, completion reads them too,
 * and run.ts loads the file of the one command that was asked for.
 */
import { globalNames, type OptionName } from "../config/index.js";
import type { Command } from "../context.js";

export interface CommandRow {
  readonly path: readonly [string, ...string[]];
  readonly summary: string;
  readonly arguments?: readonly ArgumentRow[];
  /** The options its help shows; global ones are accepted everywhere. */
  readonly options: readonly OptionName[];
  readonly examples?: readonly string[];
  /** It is about all settings, not only about its own. */
  readonly everySetting?: boolean;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export interface ArgumentRow {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  readonly complete?: "file";
}

/** Options of every command that talks to an agent. */
const call = [
  "agent-card",
  "output",
  "timeout",
  "bearer",
  "api-key",
  "svc-param",
  "transport",
  "a2a-version",
  "insecure",
  "verbose",
  "debug",
  "config",
] as const satisfies readonly OptionName[];

/** Options of commands that work on a store itself. */
const ownStore = ["store", "data-dir", "output", "debug", "config"] as const satisfies readonly OptionName[];

const configId = { name: "configId", description: "the configuration", required: true } as const;

const taskId = { name: "taskId", description: "the task", required: true } as const;

export const shells = ["bash", "zsh", "fish"] as const;

/** The table. */
export const commands: readonly CommandRow[] = [
  {
    path: ["card", "get"],
    summary: "Show what an agent says about itself",
    options: ["validate", "extended", ...call],
    examples: ["parley card get -a http://localhost:4100"],
    load: () => import("./card-get.js"),
  },
  {
    path: ["send"],
    summary: "Send a message, wait for the task and print what it made",
    arguments: [{ name: "text", description: "the message; - reads it from stdin" }],
    options: [
      "text",
      "file",
      "data",
      "media-type",
      "stream",
      "async",
      "wait",
      "task-id",
      "context-id",
      "metadata",
      "accept",
      "poll-interval",
      ...call,
    ],
    examples: [
      'parley send -a http://localhost:4100 "Hello"',
      'parley send --stream -a http://localhost:4100 --file sales.csv "Summarise this"',
      'parley send -a http://localhost:4100 --task-id <taskId> "The second column"',
    ],
    load: () => import("./send.js"),
  },
  {
    path: ["task", "get"],
    summary: "Show a task and its artifacts",
    arguments: [taskId],
    options: ["wait", "history", "poll-interval", ...call],
    examples: ["parley task get --wait <taskId>"],
    load: () => import("./task-get.js"),
  },
  {
    path: ["task", "list"],
    summary: "List tasks, the latest first",
    options: [
      "status",
      "context-id",
      "updated-after",
      "page-size",
      "page-token",
      "all",
      "artifacts",
      "history",
      "stream",
      ...call,
    ],
    examples: ["parley task list --status working"],
    load: () => import("./task-list.js"),
  },
  {
    path: ["task", "cancel"],
    summary: "Cancel a task",
    arguments: [taskId],
    options: ["metadata", ...call],
    load: () => import("./task-cancel.js"),
  },
  {
    path: ["task", "subscribe"],
    summary: "Follow a task until it ends or needs you",
    arguments: [taskId],
    options: ["stream", "poll-interval", ...call],
    examples: ["parley task subscribe --stream <taskId>"],
    load: () => import("./task-subscribe.js"),
  },
  {
    path: ["task", "download"],
    summary: "Save the artifacts of a task as files",
    arguments: [taskId],
    options: ["dir", "artifact", "force", ...call],
    examples: ["parley task download --dir results <taskId>"],
    load: () => import("./task-download.js"),
  },
  {
    path: ["task", "push-config", "create"],
    summary: "Have the updates of a task sent to a URL",
    arguments: [taskId],
    options: ["url", "push-id", "push-token", "push-auth", ...call],
    examples: ["parley task push-config create <taskId> --url https://example.com/hook"],
    load: () => import("./push-config-create.js"),
  },
  {
    path: ["task", "push-config", "get"],
    summary: "Show where updates of a task are sent",
    arguments: [taskId, configId],
    options: [...call],
    load: () => import("./push-config-get.js"),
  },
  {
    path: ["task", "push-config", "list"],
    summary: "List where updates of a task are sent",
    arguments: [taskId],
    options: ["page-size", "page-token", "all", ...call],
    load: () => import("./push-config-list.js"),
  },
  {
    path: ["task", "push-config", "delete"],
    summary: "Send no more updates of a task to a URL",
    arguments: [taskId, configId],
    options: [...call],
    load: () => import("./push-config-delete.js"),
  },
  {
    path: ["push", "list"],
    summary: "Show the deliveries of an agent's webhooks, from its store",
    arguments: [{ name: "taskId", description: "of this task alone" }],
    options: ["troubled", ...ownStore],
    examples: ["parley push list --troubled --store tasks.db"],
    load: () => import("./push-list.js"),
  },
  {
    path: ["push", "replay"],
    summary: "Have webhooks that were given up sent once more, and disabled ones go on",
    arguments: [
      { name: "taskId", description: "of this task alone" },
      { name: "configId", description: "of this configuration alone" },
    ],
    options: [...ownStore],
    examples: ["parley push replay --store tasks.db"],
    load: () => import("./push-replay.js"),
  },
  {
    path: ["push", "listen"],
    summary: "Receive webhooks and print them, for development",
    options: ["port", "host", "push-token", "jwks", "stream", "output", "debug", "config"],
    examples: ["parley push listen --port 4200 --push-token whsec_…"],
    load: () => import("./push-listen.js"),
  },
  {
    path: ["serve"],
    summary: "Put the agent of a module online",
    arguments: [
      {
        name: "module",
        description: "TypeScript or JavaScript file that exports an agent, as default or as `agent`",
        required: true,
        complete: "file",
      },
    ],
    options: [
      "port",
      "grpc-port",
      "host",
      "store",
      "bus",
      "data-dir",
      "migrate",
      "lease",
      "public-url",
      "base-path",
      "tls-cert",
      "tls-key",
      "token-file",
      "api-key-file",
      "api-key-header",
      "running-tasks",
      "queued-tasks",
      "tasks-per-principal",
      "task-size",
      "drain",
      "drain-notice",
      "idempotency",
      "compact-after",
      "expire-after",
      "keep-per-owner",
      "tenant-retention",
      "sweep-every",
      "draft",
      "webhook-schedule",
      "webhook-timeout",
      "webhook-signing-keys",
      "allow-private",
      "egress-proxy",
      "encryption-key-file",
      "encryption-keys",
      "output",
      "debug",
      "config",
    ],
    examples: [
      "parley serve agent.ts --store tasks.db",
      "parley serve agent.ts --host 0.0.0.0 --store postgres://parley@db/tasks --public-url https://agent.example.com",
    ],
    load: () => import("./serve.js"),
  },
  {
    path: ["store", "status"],
    summary: "Show the version of a store's schema, and how many tasks are in it",
    options: [...ownStore],
    examples: ["parley store status --store tasks.db"],
    load: () => import("./store-status.js"),
  },
  {
    path: ["store", "migrate"],
    summary: "Bring a store to this version, or make it where there is none",
    options: [...ownStore],
    examples: ["parley store migrate --store postgres://parley@db/tasks"],
    load: () => import("./store-migrate.js"),
  },
  {
    path: ["store", "export"],
    summary: "Write all tasks of a store, with the secrets of their webhooks, as lines of JSON",
    options: ["out", "force", ...ownStore],
    examples: [
      "parley store export --store tasks.db --out tasks.jsonl",
      "parley store export --store tasks.db --out - | gzip > tasks.jsonl.gz",
    ],
    load: () => import("./store-export.js"),
  },
  {
    path: ["store", "import"],
    summary: "Put exported tasks into a store; those that are there already stay as they are",
    arguments: [
      {
        name: "file",
        description: "what store export wrote; - reads stdin",
        required: true,
        complete: "file",
      },
    ],
    options: [...ownStore],
    examples: ["parley store import tasks.jsonl --store postgres://parley@db/tasks"],
    load: () => import("./store-import.js"),
  },
  {
    path: ["conformance"],
    summary: "Check whether an agent follows the specification",
    arguments: [{ name: "ref", description: "the agent, as with -a" }],
    options: ["tck", "junit", "echo", "ask", "slow", ...call],
    examples: [
      "parley conformance -a http://localhost:4100",
      'parley conformance -a http://localhost:4100 --ask "Book a flight" --junit report.xml',
    ],
    load: () => import("./conformance.js"),
  },
  {
    path: ["config", "show"],
    summary: "Show every setting and where its value comes from",
    options: ["output", "config"],
    everySetting: true,
    load: () => import("./config-show.js"),
  },
  {
    path: ["completion"],
    summary: "Print a completion script for your shell",
    arguments: [{ name: "shell", description: "your shell", required: true, choices: shells }],
    options: [],
    examples: ['eval "$(parley completion bash)"'],
    load: () => import("./completion.js"),
  },
];

/** The settings that a command reads; undefined for all. What PORT says is of no concern to `send`. */
export function settingsOf({ options, everySetting }: CommandRow): readonly OptionName[] | undefined {
  return everySetting ? undefined : [...new Set([...globalNames, ...options])];
}

/** Words that only group commands; a group comes before those in it. */
export const groups: Readonly<Record<string, string>> = {
  card: "Agent cards",
  task: "Tasks of an agent",
  "task push-config": "Where updates of a task are sent",
  push: "Webhooks of an agent of your own",
  store: "Where an agent of your own keeps its tasks",
  config: "Settings of this tool",
};
