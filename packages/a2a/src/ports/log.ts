/** Where the library says what an operator should know. It never writes to the console itself. */
export interface Log {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Says nothing. */
export const silent: Log = { error() {}, warn() {}, info() {} };
