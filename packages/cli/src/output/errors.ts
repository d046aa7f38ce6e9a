/** Any failure as the one error object of CLI specification appendix B, and as text. */
import { A2AError, errors } from "@parley/a2a/protocol";
import type { Diagnostics } from "./diagnostics.js";
import { Failure, localCodes } from "./failure.js";

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly a2aCode: number | null;
  /** Exit status; not part of the envelope. */
  readonly exit: number;
}

/** Protocol failures keep the name A2A gives them; the number is JSON-RPC's on every binding (11.4). */
export function reportOf(error: unknown, diagnostics: Diagnostics): ErrorReport {
  const report = classify(error);
  return {
    ...report,
    message: diagnostics.redact(report.message),
    hint: report.hint === null ? null : diagnostics.redact(report.hint),
  };
}

function classify(error: unknown): ErrorReport {
  if (error instanceof Failure)
    return {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      a2aCode: error.a2aCode ?? null,
      exit: localCodes[error.code],
    };
  if (error instanceof A2AError)
    return {
      code: errors[error.reason].name,
      message: describe(error),
      hint: hints[error.reason] ?? "Add --debug to see the exchange with the agent.",
      a2aCode: errors[error.reason].jsonrpc,
      exit: 1,
    };
  return {
    code: "A2ACLI_ERR_INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    hint: "Add --debug to see what happened.",
    a2aCode: null,
    exit: localCodes.A2ACLI_ERR_INTERNAL,
  };
}

/** The agent's words, with the fields it complains about. */
function describe(error: A2AError): string {
  const fields = error.violations
    .filter(({ field }) => !error.message.includes(field))
    .map(({ field, description }) => `${field}: ${description}`);
  return [error.message, ...fields].join("; ");
}

const hints: Partial<Record<A2AError["reason"], string>> = {
  TASK_NOT_FOUND:
    "Check the task id, and that you use the credentials that created it: parley task list. Add --debug for the underlying protocol error.",
  TASK_NOT_CANCELABLE: "The task has ended. Look at it with: parley task get <taskId>",
  UNSUPPORTED_OPERATION:
    "See what the agent offers: parley card get. An ended task takes no messages and sends no events: look at it with parley task get, or start a new one with --context-id. Add --debug for the underlying protocol error.",
  CONTENT_TYPE_NOT_SUPPORTED: "See the input and output modes of the agent: parley card get",
  EXTENDED_AGENT_CARD_NOT_CONFIGURED:
    "This agent has no extended card; run parley card get without --extended.",
  EXTENSION_SUPPORT_REQUIRED:
    "Declare the extension with --svc-param 'A2A-Extensions:<uri>'; parley card get lists it.",
  VERSION_NOT_SUPPORTED:
    "See the versions of each interface: parley card get. Versions before 1.0 are used when asked for: --a2a-version 0.3",
};
