/** What can go wrong on our side of the wire: the registry of CLI specification appendix D. */

/** Exit status of each CLI-local code. */
export const localCodes = {
  A2ACLI_ERR_USAGE: 2,
  A2ACLI_ERR_CARD_NOT_FOUND: 3,
  A2ACLI_ERR_CARD_INVALID: 1,
  A2ACLI_ERR_UNREACHABLE: 3,
  A2ACLI_ERR_CREDENTIALS_MISSING: 4,
  A2ACLI_ERR_AUTH_FAILED: 4,
  A2ACLI_ERR_TIMEOUT: 5,
  A2ACLI_ERR_INTERNAL: 1,
} as const;

export type LocalCode = keyof typeof localCodes;

/** A failure the protocol has no name for. */
export class Failure extends Error {
  readonly code: LocalCode;
  /** What the reader can do next; ideally a command to paste. */
  readonly hint: string | undefined;
  readonly a2aCode: number | undefined;

  constructor(
    code: LocalCode,
    message: string,
    options: { hint?: string | undefined; a2aCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.hint = options.hint;
    this.a2aCode = options.a2aCode;
  }
}

export function usage(message: string, hint?: string): Failure {
  return new Failure("A2ACLI_ERR_USAGE", message, { hint });
}
