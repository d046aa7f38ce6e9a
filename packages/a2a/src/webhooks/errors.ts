/** Why a webhook was not accepted. */
export type WebhookProblem =
  /** A header is missing, or the body is not a StreamResponse that belongs to a task. */
  | "MALFORMED"
  /** No signature fits, or the token is another. */
  | "NOT_AUTHENTIC"
  /** Signed too long ago, or in the future. */
  | "TOO_OLD"
  /** Of a task that is not expected. */
  | "UNEXPECTED_TASK"
  | "TOO_LARGE";

const statuses: Readonly<Record<WebhookProblem, number>> = {
  MALFORMED: 400,
  NOT_AUTHENTIC: 401,
  TOO_OLD: 401,
  UNEXPECTED_TASK: 404,
  TOO_LARGE: 413,
};

export class WebhookError extends Error {
  override readonly name = "WebhookError";

  constructor(
    readonly reason: WebhookProblem,
    message: string,
  ) {
    super(message);
  }

  /** The HTTP status to answer with. */
  get status(): number {
    return statuses[this.reason];
  }
}
