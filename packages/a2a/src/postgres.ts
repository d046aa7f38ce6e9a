/**
 * Parley on PostgreSQL, for any number of nodes: `postgres(url)` is the store that they share, and brings a bus over
 * which they tell each other news without a further server. Needs the package pg.
 */
import { postgresBus } from "./buses/postgres/index.js";
import type { Store } from "./ports/index.js";
import { type PostgresOptions, postgres as tables } from "./stores/postgres/index.js";

export { type PostgresBusOptions, postgresBus } from "./buses/postgres/index.js";
export {
  migratePostgres,
  type PostgresOptions,
  postgresStatus,
  type SchemaStatus,
} from "./stores/postgres/index.js";

/**
 * A store in the database at a `postgres://` URL, which several nodes may use at once.
 * `open()` throws when the database cannot be reached, or when the schema is newer than this Parley.
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  const { schema, timeoutMillis } = options;
  const bus = postgresBus(url, {
    ...(schema !== undefined && { schema }),
    ...(timeoutMillis !== undefined && { timeoutMillis }),
  });
  return { ...tables(url, options), bus };
}
