/** Through 0.3 and back: what both versions can say is the same afterwards. docs/versions.md lists what is lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../src/codec/index.js";
import { readCard, writeCard } from "../../src/compat/v0_3/card.js";
import type { Form } from "../../src/compat/v0_3/forms.js";
import { type Row, rows } from "../../src/compat/v0_3/operations.js";
import {
  type AgentCard,
  type MessageName,
  type OperationName,
  operationNames,
  operations,
} from "../../src/protocol/index.js";
import { arbitraryMessage } from "../codec/arbitrary-message.js";
import { complete, expressible } from "./expressible.js";

const forms: readonly Form[] = ["kind", "proto"];
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

const row = (name: OperationName) => rows[name] as Row<never>;

describe.each(forms)("in %s form", (form) => {
  const answers = operationNames.filter((name) => !["GetExtendedAgentCard"].includes(name));
  it.each(answers.filter((name) => operations[name].response !== "Empty"))("an answer of %s", (name) => {
    const type = operations[name].response as MessageName;
    fc.assert(
      fc.property(arbitraryMessage(type), ({ normal }) => {
        const given = type === "TaskPushNotificationConfig" ? complete(type)(normal as object) : normal;
        const filled =
          type.startsWith("List") && "configs" in (given as object)
            ? {
                configs: (given as { configs: object[] }).configs.map(complete("TaskPushNotificationConfig")),
              }
            : given;
        const written = overTheWire(row(name).writeAnswer(filled as never, form));
        const read = check(type, row(name).readAnswer(written), { mode: "response" });
        const expected = expressible[type]?.(form, filled as never) ?? filled;
        expect(overTheWire(read)).toEqual(overTheWire(expected));
      }),
      { numRuns: 60 },
    );
  });

  it.each(["SendMessage", "SendStreamingMessage"] as const)("a request of %s", (name) => {
    fc.assert(
      fc.property(arbitraryMessage("SendMessageRequest"), ({ normal }) => {
        const written = overTheWire(row(name).writeRequest(normal as never, form));
        const read = check("SendMessageRequest", row(name).readRequest(written as never));
        expect(overTheWire(read)).toEqual(
          overTheWire(expressible.SendMessageRequest?.(form, normal as never)),
        );
      }),
      { numRuns: 150 },
    );
  });
});

/** What `kind` requests say besides: ids, and how much history. */
it.each([
  ["GetTask", ["id", "historyLength"]],
  ["CancelTask", ["id", "metadata"]],
  ["SubscribeToTask", ["id"]],
  ["GetTaskPushNotificationConfig", ["taskId", "id"]],
  ["DeleteTaskPushNotificationConfig", ["taskId", "id"]],
  ["ListTaskPushNotificationConfigs", ["taskId"]],
] as const)("a request of %s", (name, fields) => {
  const type = operations[name].request;
  fc.assert(
    fc.property(arbitraryMessage(type), ({ normal }) => {
      const written = overTheWire(row(name).writeRequest(normal as never, "kind"));
      const read = check(type, row(name).readRequest(written as never)) as unknown as Record<string, unknown>;
      for (const field of fields) expect(read[field]).toEqual((normal as typeof read)[field]);
    }),
    { numRuns: 50 },
  );
});

/** Requirements with what they may leave out. */
const requirements = (given: AgentCard["securityRequirements"]) =>
  given?.map(({ schemes = {} }) => ({
    schemes: Object.fromEntries(Object.entries(schemes).map(([name, { list = [] }]) => [name, { list }])),
  }));

it("a card", () => {
  fc.assert(
    fc.property(arbitraryMessage("AgentCard"), ({ normal }) => {
      const card = normal as AgentCard;
      const read = readCard({ url: "", ...(overTheWire(writeCard(card)) as object) }) as object;
      const { signatures: _, capabilities, ...same } = card;
      const extensions = capabilities.extensions?.filter(({ uri }) => uri !== undefined);
      const { supportedInterfaces } = card;
      expect(overTheWire(check("AgentCard", { ...read, supportedInterfaces }))).toEqual(
        overTheWire({
          ...same,
          capabilities: { extendedAgentCard: false, ...capabilities, extensions },
          securityRequirements: requirements(card.securityRequirements),
          skills: card.skills.map((skill) => ({
            ...skill,
            securityRequirements: requirements(skill.securityRequirements),
          })),
        }),
      );
    }),
    { numRuns: 100 },
  );
});
