/** One row per option: flags, environment names, help, completion and `config show` are read from here. */

export type OptionKind = "flag" | "string" | "list" | "choice" | "duration" | "integer" | "json";

export interface OptionRow {
  readonly short?: string;
  readonly kind: OptionKind;
  /** How the value is called in usage: `<ref>`. */
  readonly value?: string;
  readonly description: string;
  /** The built-in default, as a user would write it. */
  readonly default?: string;
  /** What happens where there is no default and nobody said anything. */
  readonly otherwise?: string;
  readonly choices?: readonly string[];
  /** The largest number that makes sense. */
  readonly most?: number;
  /** Environment variable, where it is not A2ACLI_<NAME>; false for none. */
  readonly env?: string | false;
  /** Taken by every command, before or after its name (CLI specification 7.2). */
  readonly global?: boolean;
  /** Never shown, neither by `config show` nor in diagnostics. */
  readonly secret?: boolean;
  /** Other spellings of the flag; they name no environment variable. */
  readonly aliases?: readonly string[];
  /** What a shell completes the value with. */
  readonly complete?: "file" | "directory";
}

export const taskStates = [
  "submitted",
  "working",
  "input-required",
  "auth-required",
  "completed",
  "failed",
  "canceled",
  "rejected",
] as const;

/** The table. */
export const options = {
  "agent-card": global({
    short: "a",
    kind: "string",
    value: "<ref>",
    description: "the agent: host or origin, URL of its card, or path of a card file",
    complete: "file",
  }),
  output: global({
    short: "o",
    kind: "choice",
    value: "<format>",
    choices: ["text", "json"],
    default: "text",
    description: "output format",
  }),
  stream: global({
    kind: "flag",
    env: false,
    description: "follow the events live; with -o json one JSON object per line",
  }),
  verbose: global({
    kind: "flag",
    default: "false",
    description: "show all the data exchanged with the agent",
  }),
  async: global({
    kind: "flag",
    default: "false",
    aliases: ["return-immediately", "no-wait"],
    description: "do not wait for the task to end",
  }),
  wait: global({
    kind: "flag",
    aliases: ["watch"],
    description: "wait until the task ends or needs you",
    otherwise: "true for send, false for task get",
  }),
  "poll-interval": global({
    kind: "duration",
    value: "<duration>",
    default: "2s",
    description: "pause between two looks at a task while waiting",
  }),
  timeout: global({
    kind: "duration",
    value: "<duration>",
    default: "0",
    description: "give up after this long, such as 30s or 5m; 0 waits for ever",
  }),
  "context-id": global({
    kind: "string",
    value: "<id>",
    description: "send: group with this context; task list: only tasks of it",
  }),
  "task-id": global({ kind: "string", value: "<id>", description: "continue this task" }),
  metadata: global({
    kind: "json",
    value: "<json>",
    description: "JSON object sent as metadata in the request payload",
  }),
  bearer: global({ kind: "string", value: "<token>", secret: true, description: "bearer token" }),
  "api-key": global({ kind: "string", value: "<key>", secret: true, description: "API key" }),
  "svc-param": global({
    kind: "list",
    value: "<key:value>",
    secret: true,
    description: "service parameter sent with every request, repeatable",
  }),
  transport: global({
    kind: "list",
    value: "<binding>",
    choices: ["JSONRPC", "HTTP+JSON", "GRPC"],
    description: "preferred binding, repeatable, best first",
    otherwise: "the order of the card",
  }),
  "a2a-version": global({
    kind: "string",
    value: "<version>",
    description: "protocol version to speak",
    otherwise: "the highest 1.x shared with the agent",
  }),
  insecure: global({
    kind: "flag",
    default: "false",
    description: "do not verify TLS certificates (development only)",
  }),
  debug: global({ kind: "flag", default: "false", description: "log what goes over the wire, to stderr" }),
  config: global({
    kind: "string",
    value: "<path>",
    complete: "file",
    description: "settings file to read in place of the .env found from the working directory upwards",
  }),

  text: { kind: "list", env: false, value: "<string>", description: "text part, repeatable" },
  file: {
    kind: "list",
    env: false,
    value: "<path|url>",
    complete: "file",
    description: "file part, repeatable: a local file is sent inline, a URL by reference",
  },
  data: {
    kind: "list",
    env: false,
    value: "<path|->",
    complete: "file",
    description: "data part, repeatable: a JSON file, or - for stdin",
  },
  "media-type": {
    kind: "list",
    env: false,
    value: "<type>",
    description: "media type of the part flag before it",
    otherwise: "guessed from the file name",
  },
  accept: {
    kind: "list",
    value: "<type>",
    description: "media type you accept in the answer, repeatable",
    otherwise: "any",
  },
  history: { kind: "integer", value: "<n>", description: "show the last n messages of each task" },
  validate: { kind: "flag", env: false, description: "check the card against the A2A schema" },
  extended: { kind: "flag", env: false, description: "fetch the extended card, with your credentials" },
  status: {
    kind: "choice",
    env: false,
    value: "<state>",
    choices: taskStates,
    description: "only tasks in this state",
  },
  "updated-after": {
    kind: "string",
    env: false,
    value: "<time>",
    description: "only tasks updated since, ISO 8601",
  },
  "page-size": {
    kind: "integer",
    value: "<n>",
    description: "tasks per page, 1 to 100",
    otherwise: "up to the agent",
  },
  "page-token": { kind: "string", env: false, value: "<token>", description: "continue a listing" },
  all: { kind: "flag", env: false, description: "fetch every page" },
  artifacts: { kind: "flag", env: false, description: "include the artifacts of each task" },
  dir: {
    kind: "string",
    value: "<dir>",
    default: ".",
    complete: "directory",
    description: "folder to save into",
  },
  artifact: { kind: "string", env: false, value: "<id>", description: "only this artifact" },
  force: { kind: "flag", env: false, description: "overwrite files that exist" },
  out: {
    kind: "string",
    env: false,
    value: "<file|->",
    complete: "file",
    description: "file to write, or - for stdout",
  },

  tck: {
    kind: "string",
    env: false,
    value: "<path>",
    complete: "directory",
    description: "folder of an official kit (a2a-tck), which is run in place of our own",
  },
  junit: {
    kind: "string",
    env: false,
    value: "<file>",
    complete: "file",
    description: "write the results there as JUnit XML as well",
  },
  echo: {
    kind: "string",
    env: false,
    value: "<text>",
    default: "echo hello",
    description: "a message that the agent answers soon",
  },
  ask: {
    kind: "string",
    env: false,
    value: "<text>",
    description: "a message that the agent answers with a question, to test what follows",
  },
  slow: {
    kind: "string",
    env: false,
    value: "<text>",
    description: "a message that the agent works on for some seconds, to test what it does meanwhile",
  },

  url: { kind: "string", env: false, value: "<url>", description: "where updates are sent" },
  "push-id": {
    kind: "string",
    env: false,
    value: "<id>",
    description: "id of the configuration",
    otherwise: "one that the agent makes",
  },
  "push-token": {
    kind: "string",
    value: "<token>",
    secret: true,
    description: "token that comes with each webhook, or signs it when it begins with whsec_",
  },
  "push-auth": {
    kind: "string",
    value: "<scheme credentials>",
    secret: true,
    description: 'Authorization that comes with each webhook, such as "Bearer abc"',
  },
  troubled: {
    kind: "flag",
    env: false,
    description: "only those that fail, were given up or were disabled by their receiver",
  },
  jwks: {
    kind: "string",
    env: false,
    value: "<url>",
    description: "public keys of the agent: its /.well-known/jwks.json",
  },

  port: {
    kind: "integer",
    env: "PORT",
    value: "<port>",
    most: 65_535,
    default: "4100",
    description: "port to listen on; 0 picks a free one",
  },
  "grpc-port": {
    kind: "string",
    env: "GRPC_PORT",
    value: "<port|off>",
    description: "port to speak gRPC on",
    otherwise: "one above --port, if it is free",
  },
  host: {
    kind: "string",
    env: false,
    value: "<address>",
    default: "127.0.0.1",
    description: "address to listen on",
  },
  store: {
    kind: "string",
    env: "PARLEY_STORE",
    value: "<memory|path|url>",
    complete: "file",
    description:
      "where tasks are kept: memory, sqlite (tasks.db in --data-dir), a SQLite file, or postgres://… for any number of nodes",
    otherwise: "memory, or sqlite when --data-dir is set",
  },
  bus: {
    kind: "string",
    env: "PARLEY_BUS",
    value: "<url>",
    description: "how nodes tell each other news: nats://host:port, for high rates",
    otherwise: "through the database",
  },
  "data-dir": {
    kind: "string",
    env: "PARLEY_DATA",
    value: "<dir>",
    complete: "directory",
    description: "folder for tasks.db",
  },
  "public-url": {
    kind: "string",
    env: "PARLEY_PUBLIC_URL",
    value: "<url>",
    description: "URL that the card announces",
    otherwise: "the listening address",
  },
  "base-path": {
    kind: "string",
    env: false,
    value: "<path>",
    description: "serve everything below this path",
  },
  "tls-cert": {
    kind: "string",
    env: "PARLEY_TLS_CERT",
    value: "<file>",
    complete: "file",
    description: "certificate chain, PEM",
  },
  "tls-key": {
    kind: "string",
    env: "PARLEY_TLS_KEY",
    value: "<file>",
    complete: "file",
    description: "private key, PEM",
  },
  migrate: {
    kind: "flag",
    env: "PARLEY_MIGRATE",
    default: "true",
    description:
      "bring a database to this version's schema at the start; --no-migrate leaves that to parley store migrate",
  },
  lease: {
    kind: "duration",
    env: "PARLEY_LEASE",
    value: "<duration>",
    description:
      "on several nodes: a node that is silent for so long is dead, and others take over its tasks",
    otherwise: "10s",
  },
  "token-file": {
    kind: "string",
    env: "PARLEY_TOKEN_FILE",
    value: "<file>",
    complete: "file",
    description: "ask callers for one of these bearer tokens: one `token principal` per line",
  },
  "api-key-file": {
    kind: "string",
    env: "PARLEY_API_KEY_FILE",
    value: "<file>",
    complete: "file",
    description: "ask callers for one of these API keys: one `key principal` per line",
  },
  "api-key-header": {
    kind: "string",
    env: "PARLEY_API_KEY_HEADER",
    value: "<name>",
    default: "X-API-Key",
    description: "header that the API key travels in",
  },
  "running-tasks": {
    kind: "integer",
    env: "PARLEY_RUNNING_TASKS",
    value: "<n>",
    description: "work on so many tasks at a time",
    otherwise: "no limit",
  },
  "queued-tasks": {
    kind: "integer",
    env: "PARLEY_QUEUED_TASKS",
    value: "<n>",
    description: "let so many more wait for their turn; others are refused with 503",
    otherwise: "as many as --running-tasks",
  },
  "tasks-per-principal": {
    kind: "integer",
    env: "PARLEY_TASKS_PER_PRINCIPAL",
    value: "<n>",
    description: "take so many tasks at a time of one principal; others are refused with 429",
    otherwise: "no limit",
  },
  "task-size": {
    kind: "integer",
    env: "PARLEY_TASK_SIZE",
    value: "<n>",
    description: "end a task as failed that would have more characters of JSON than this",
    otherwise: "300 Mi",
  },
  drain: {
    kind: "duration",
    env: "PARLEY_DRAIN",
    value: "<duration>",
    default: "30s",
    description: "when stopped, be gone after this long; tasks get two thirds of it to end",
  },
  "drain-notice": {
    kind: "duration",
    env: "PARLEY_DRAIN_NOTICE",
    value: "<duration>",
    default: "0s",
    description:
      "when stopped, take messages for so long after /readyz has said no, for balancers to hear of it",
  },
  "webhook-schedule": {
    kind: "string",
    env: "PARLEY_WEBHOOK_SCHEDULE",
    value: "<durations|off>",
    description:
      "pauses before a failed webhook's second attempt, its third and so on, such as 5s,1m,1h; then it is given up",
    default: "5s,30s,2m,10m,1h,3h,6h,12h,24h",
  },
  "webhook-timeout": {
    kind: "duration",
    env: "PARLEY_WEBHOOK_TIMEOUT",
    value: "<duration>",
    default: "15s",
    description: "what one attempt at a webhook may take",
  },
  "webhook-signing-keys": {
    kind: "string",
    env: "PARLEY_WEBHOOK_SIGNING_KEYS",
    value: "<file>",
    complete: "file",
    description:
      "sign webhooks with these private Ed25519 keys as well, a JWK or a JWK set; the public halves are at /.well-known/jwks.json",
  },
  "allow-private": {
    kind: "list",
    env: "PARLEY_ALLOW_PRIVATE",
    value: "<host>",
    description:
      "send webhooks there too, also over plain http, repeatable: a host, an address or a range such as 10.1.0.0/16; 1 for anywhere (development only)",
    otherwise: "public addresses alone",
  },
  "egress-proxy": {
    kind: "string",
    env: "PARLEY_PROXY",
    value: "<url>",
    description: "http proxy that webhooks go through",
    otherwise: "none",
  },
  "encryption-key-file": {
    kind: "string",
    env: "PARLEY_ENCRYPTION_KEY_FILE",
    value: "<file>",
    complete: "file",
    description:
      "encrypt the URLs and secrets of webhooks in the store: 32 bytes in base64 per line; the first key encrypts, all of them decrypt",
  },
  "encryption-keys": {
    kind: "list",
    env: "PARLEY_ENCRYPTION_KEYS",
    value: "<key>",
    secret: true,
    description: "the same without a file, for the environment: keys with commas between them",
  },
  "compact-after": {
    kind: "duration",
    env: "PARLEY_COMPACT_AFTER",
    value: "<duration>",
    description: "fold the events of tasks that ended so long ago into the task",
    otherwise: "never",
  },
  "expire-after": {
    kind: "duration",
    env: "PARLEY_EXPIRE_AFTER",
    value: "<duration>",
    description: "remove tasks that ended so long ago",
    otherwise: "never",
  },
  "keep-per-owner": {
    kind: "integer",
    env: "PARLEY_KEEP_PER_OWNER",
    value: "<n>",
    description: "of each principal's tasks that have ended, keep the newest n",
    otherwise: "all",
  },
  "tenant-retention": {
    kind: "string",
    env: "PARLEY_TENANT_RETENTION",
    value: "<file>",
    complete: "file",
    description:
      "where tenants differ from that: one `tenant expire-after=… compact-after=… keep-per-owner=…` per line",
  },
  "sweep-every": {
    kind: "duration",
    env: "PARLEY_SWEEP_EVERY",
    value: "<duration>",
    description: "how often tasks that have ended are looked after",
    otherwise: "1m",
  },
  idempotency: {
    kind: "choice",
    env: "PARLEY_IDEMPOTENCY",
    value: "<by>",
    choices: ["off", "messageId"],
    default: "off",
    description: "take a message that is sent again with its messageId only once",
  },
  draft: {
    kind: "choice",
    env: "PARLEY_DRAFT",
    value: "<version>",
    choices: ["off", "1.1"],
    default: "off",
    description: "speak this draft of the specification with clients that ask for it",
  },
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof options;

export const optionNames = Object.keys(options) as OptionName[];

/** The row of an option, without the narrowness of its literal type. */
export function optionRow(name: OptionName): OptionRow {
  return options[name];
}

export const globalNames = optionNames.filter((name) => optionRow(name).global);

/** Environment variable of an option, undefined where it has none. */
export function envName(name: OptionName): string | undefined {
  const { env } = optionRow(name);
  if (env === false) return undefined;
  return env ?? `A2ACLI_${name.toUpperCase().replaceAll("-", "_")}`;
}

function global<const R extends OptionRow>(row: R): R & { global: true } {
  return { ...row, global: true };
}
