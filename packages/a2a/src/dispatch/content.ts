/** Content types of a message, against what the card says the agent takes and gives (spec 3.1.1, 3.2.2). */
import {
  A2AError,
  type AgentCard,
  acceptsMediaType,
  mediaTypesOverlap,
  type Part,
  type SendMessageRequest,
} from "../protocol/index.js";

/** Checks requests against one card; made once per card. */
export function contentChecker(card: AgentCard): (request: SendMessageRequest) => void {
  const skills = card.skills;
  const inputs = [...card.defaultInputModes, ...skills.flatMap((skill) => skill.inputModes ?? [])];
  const outputs = [...card.defaultOutputModes, ...skills.flatMap((skill) => skill.outputModes ?? [])];
  const takesText = acceptsMediaType(inputs, "text/plain");
  return ({ message, configuration }) => {
    message.parts.forEach((part, index) => {
      if (part.text !== undefined && part.mediaType === undefined && takesText) return;
      checkPart(part, index, inputs);
    });
    const accepted = configuration?.acceptedOutputModes;
    if (accepted?.length && !mediaTypesOverlap(accepted, outputs)) {
      throw unsupported(
        "configuration.acceptedOutputModes",
        `the agent answers in ${outputs.join(", ")}, of which none is accepted`,
      );
    }
  };
}

function checkPart(part: Part, index: number, inputs: readonly string[]): void {
  const mediaType = part.mediaType || impliedType(part);
  if (mediaType === undefined || acceptsMediaType(inputs, mediaType)) return;
  const shown = mediaType.slice(0, 100);
  throw unsupported(
    `message.parts[${index}].mediaType`,
    `${shown} is not accepted; the agent takes ${inputs.join(", ")}`,
  );
}

/** A file that does not say what it is may be anything. */
function impliedType(part: Part): string | undefined {
  if (part.text !== undefined) return "text/plain";
  return part.data !== undefined ? "application/json" : undefined;
}

const unsupported = (field: string, description: string) =>
  new A2AError("CONTENT_TYPE_NOT_SUPPORTED", `${field}: ${description}`, {
    violations: [{ field, description }],
  });
