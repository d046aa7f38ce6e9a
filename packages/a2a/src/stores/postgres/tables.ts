/**
 * The tables of the first version.
 *
 * - `writers`: the last call of each connection that writes and what it was answered, so that one made again
 *   after its answer got lost is not done twice.
 * - `owners`: `name` is set where `key` is a digest. Never deleted, so that their numbers may be remembered.
 * - `tasks`: heads. `age` is the negated status time, so that the order of lists, newest first and then by id, is
 *   ascending in both columns and a cursor is one comparison. `was` is the state before the last write.
 *   `loose` is how much was written since the snapshot, in characters; `snapshot_seq` is 0 without one.
 *   One task of a context has `claims`: two owners cannot make the same context at once. `noted`: it has notes.
 * - `owner_tasks`: how many tasks an owner has in a state. The sum over its stripes, so that nodes do not wait for
 *   each other's commits. `context_tasks`: the same of the contexts that ever had a second task.
 * - `entries`: the entries that one append brought, as a single row keyed by its last number (several rows if
 *   they are long). `artifacts_only` is part of the key so that the index alone tells which rows to pass over.
 * - `push_configs`: each with its place, how far its deliveries have come, and the node that makes them.
 *   `n` is the order they were made in.
 * - `dead_letters`: entries that were given up; `again` says that one is to be sent once more.
 */
export const tables = `
CREATE TABLE writers (
  id uuid PRIMARY KEY,
  call bigint NOT NULL,
  at timestamptz NOT NULL,
  answer json
) WITH (fillfactor = 50);

CREATE TABLE owners (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE,
  name text
);

CREATE TABLE tasks (
  age bigint NOT NULL,
  loose bigint NOT NULL,
  owner integer NOT NULL,
  seq integer NOT NULL,
  snapshot_seq integer NOT NULL DEFAULT 0,
  epoch integer NOT NULL,
  state smallint NOT NULL,
  was smallint NOT NULL DEFAULT 0,
  claims boolean NOT NULL,
  noted boolean NOT NULL,
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  context text COLLATE "C" NOT NULL,
  context_name text,
  node text COLLATE "C"
) WITH (fillfactor = 85);
CREATE INDEX tasks_by_owner ON tasks (owner, state, age, id);
CREATE INDEX tasks_by_context ON tasks (context, state, age, id);
CREATE UNIQUE INDEX tasks_claiming ON tasks (context) WHERE claims;
CREATE INDEX tasks_running ON tasks (node) WHERE state IN (1, 2);

CREATE TABLE owner_tasks (
  owner integer NOT NULL,
  state smallint NOT NULL,
  stripe smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (owner, state, stripe)
) WITH (fillfactor = 50);
CREATE TABLE context_tasks (
  context text COLLATE "C" NOT NULL,
  state smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (context, state)
) WITH (fillfactor = 70);

CREATE TABLE entries (
  seq integer NOT NULL,
  artifacts_only boolean NOT NULL,
  task text COLLATE "C" NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (task, seq, artifacts_only)
);
CREATE TABLE snapshots (task text COLLATE "C" PRIMARY KEY, seq integer NOT NULL, body text NOT NULL);
CREATE TABLE notes (
  task text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  name text,
  body text NOT NULL,
  PRIMARY KEY (task, key)
);

CREATE TABLE nodes (id text COLLATE "C" PRIMARY KEY, expires timestamptz NOT NULL) WITH (fillfactor = 50);

CREATE TABLE push_configs (
  n bigint GENERATED ALWAYS AS IDENTITY,
  made timestamptz NOT NULL,
  due timestamptz,
  held_until timestamptz,
  seq integer NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  state smallint NOT NULL,
  failing boolean NOT NULL DEFAULT false,
  task text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  body text NOT NULL,
  error text,
  node text COLLATE "C",
  PRIMARY KEY (task, id)
) WITH (fillfactor = 70);
CREATE INDEX push_configs_active ON push_configs (task) WHERE state = 0;
CREATE INDEX push_configs_due ON push_configs (due) WHERE state = 0 AND due IS NOT NULL;
CREATE TABLE dead_letters (
  seq integer NOT NULL,
  attempts integer NOT NULL,
  again boolean NOT NULL DEFAULT false,
  task text COLLATE "C" NOT NULL,
  config text COLLATE "C" NOT NULL,
  error text NOT NULL,
  PRIMARY KEY (task, config, seq),
  FOREIGN KEY (task, config) REFERENCES push_configs (task, id) ON DELETE CASCADE
);
`;
