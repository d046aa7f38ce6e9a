/** Who gets what: credentials, the extended card, required extensions (spec 3.1.11, 3.3.2, 3.3.4, 4.6, 13.3). */
import { tryCheck } from "@parley/a2a/codec";
import { requiredExtensions, wantsCredentials } from "../agent-card.js";
import { given, nobody, refused } from "../answers.js";
import { type Check, ensure, must, need, should } from "../check.js";
import type { Probe } from "../probe.js";

const anonymous = { credentials: false };

/** HTTP 401 and 403, gRPC UNAUTHENTICATED and PERMISSION_DENIED. */
const refusals = [401, 403, 16, 7];

function needCredentials({ card }: Probe): void {
  need(wantsCredentials(card), "the card wants no credentials");
}

export const accessChecks: readonly Check<Probe>[] = [
  must("access.required", "3.3.2", "Calls without credentials are refused.", async (probe) => {
    needCredentials(probe);
    const { error, status, exchange } = await probe.wire.call("GetTask", { id: nobody() }, anonymous);
    // JSON-RPC has no code of its own for it.
    const holds =
      error !== undefined && (refusals.includes(Number(error.code)) || refusals.includes(status ?? 0));
    ensure(holds, "an authentication error (HTTP 401, gRPC UNAUTHENTICATED)", exchange);
  }),
  must("access.wrong", "3.3.2", "Calls with wrong credentials are refused.", async (probe) => {
    needCredentials(probe);
    const headers = { authorization: `Bearer ${nobody()}` };
    const { error, exchange } = await probe.wire.call("GetTask", { id: nobody() }, { ...anonymous, headers });
    const notFound =
      error?.reason === "TASK_NOT_FOUND" || error?.code === probe.wire.codeOf("TASK_NOT_FOUND");
    ensure(error !== undefined && !notFound, "an authentication error (401)", exchange);
  }),
  should(
    "access.challenge",
    "3.3.2",
    "The refusal says which scheme is wanted (WWW-Authenticate).",
    async (probe) => {
      needCredentials(probe);
      const { headers, exchange } = await probe.wire.call("GetTask", { id: nobody() }, anonymous);
      ensure(!!headers?.get("www-authenticate"), "WWW-Authenticate", exchange);
    },
    ["JSONRPC", "HTTP+JSON"],
  ),
  must(
    "extended-card.given",
    "3.1.11",
    "The extended card is an AgentCard, or said not to be configured.",
    async (probe) => {
      need(probe.can("extendedAgentCard"), "the card declares no extended card");
      const answer = await probe.wire.call("GetExtendedAgentCard", {});
      const barred =
        answer.error &&
        (refusals.includes(Number(answer.error.code)) || refusals.includes(answer.status ?? 0));
      need(!barred, "the extended card needs credentials that were not given");
      if (answer.error) return void refused(probe.wire, answer, "EXTENDED_AGENT_CARD_NOT_CONFIGURED");
      const result = tryCheck("AgentCard", given(answer), { mode: "response" });
      const got = result.ok
        ? ""
        : result.violations.map(({ field, description }) => `${field}: ${description}`).join("; ");
      ensure(result.ok, "an AgentCard (4.4.1)", answer.exchange, got);
    },
  ),
  must(
    "extended-card.credentials",
    "13.3",
    "The extended card is not given to those without credentials.",
    async (probe) => {
      need(probe.can("extendedAgentCard"), "the card declares no extended card");
      needCredentials(probe);
      const { error, exchange } = await probe.wire.call("GetExtendedAgentCard", {}, anonymous);
      ensure(error !== undefined, "an authentication error (401)", exchange);
    },
  ),
  must(
    "extended-card.unsupported",
    "3.3.4",
    "Without an extended card, asking for it is UnsupportedOperationError.",
    async (probe) => {
      need(!probe.can("extendedAgentCard"), "the agent has an extended card");
      refused(probe.wire, await probe.wire.call("GetExtendedAgentCard", {}), "UNSUPPORTED_OPERATION");
    },
  ),
  must(
    "extensions.required",
    "3.3.4",
    "A call that does not declare a required extension is ExtensionSupportRequiredError.",
    async (probe) => {
      need(requiredExtensions(probe.card).length > 0, "the card requires no extension");
      const answer = await probe.send(probe.says.echo, {}, {}, { headers: { "a2a-extensions": "" } });
      refused(probe.wire, answer, "EXTENSION_SUPPORT_REQUIRED");
    },
  ),
  should(
    "extensions.unknown",
    "4.6.3",
    "An extension that the agent does not know is ignored.",
    async (probe) => {
      const declared = [...requiredExtensions(probe.card), "https://example.com/conformance/unheard-of/v1"];
      given(
        await probe.send(probe.says.echo, {}, {}, { headers: { "a2a-extensions": declared.join(", ") } }),
      );
    },
  ),
];
