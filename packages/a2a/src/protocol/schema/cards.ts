/** The agent card (spec 4.4). */
import { list, map, message, one, optional, required } from "./field.js";

const essential = { required: true, essential: true } as const;

export const cardMessages = {
  AgentCard: message(
    "The manifest an agent publishes about itself: identity, capabilities, skills, interfaces and security.",
    {
      name: one(1, "string", "A human-readable name, for example `Recipe Agent`.", required),
      description: one(
        2,
        "string",
        "What the agent is for, to help users and other agents, for example `Helps users with recipes and cooking`.",
        required,
      ),
      supportedInterfaces: list(
        3,
        "AgentInterface",
        "Where the agent is reached; the first is preferred.",
        essential,
      ),
      provider: one(4, "AgentProvider", "Who provides the agent."),
      version: one(5, "string", "The version of the agent, for example `1.0.0`.", required),
      documentationUrl: one(6, "string", "A URL with more documentation about the agent.", optional),
      capabilities: one(
        7,
        "AgentCapabilities",
        "Which optional features of A2A the agent supports.",
        required,
      ),
      securitySchemes: map(8, "SecurityScheme", "The ways of authenticating with the agent, by name."),
      securityRequirements: list(
        9,
        "SecurityRequirement",
        "What is required to contact the agent; any one suffices.",
      ),
      defaultInputModes: list(
        10,
        "string",
        "Media types accepted by all skills that do not say otherwise.",
        required,
      ),
      defaultOutputModes: list(
        11,
        "string",
        "Media types produced by all skills that do not say otherwise.",
        required,
      ),
      skills: list(12, "AgentSkill", "What the agent is able to do.", required),
      signatures: list(13, "AgentCardSignature", "JSON Web Signatures over this card."),
      iconUrl: one(14, "string", "A URL of an icon.", optional),
    },
  ),

  AgentInterface: message("A URL together with the protocol binding and version spoken there.", {
    url: one(
      1,
      "string",
      "Where the interface is available: an absolute URL, HTTPS in production, for example `https://api.example.com/a2a/v1`.",
      essential,
    ),
    protocolBinding: one(
      2,
      "string",
      "The binding spoken there: `JSONRPC`, `GRPC`, `HTTP+JSON`, or the URI of another one.",
      essential,
    ),
    tenant: one(
      3,
      "string",
      "Opaque routing identifier. When set, clients must send it as `tenant` in every request to this interface.",
    ),
    protocolVersion: one(4, "string", "The A2A version spoken there, for example `1.0`.", required),
  }),

  AgentProvider: message("Who provides an agent.", {
    url: one(1, "string", "The provider's website or documentation.", required),
    organization: one(2, "string", "The name of the organization.", required),
  }),

  AgentCapabilities: message("Optional features of A2A that an agent supports.", {
    streaming: one(1, "bool", "Whether the agent can stream its answers.", optional),
    pushNotifications: one(2, "bool", "Whether the agent can push updates of tasks.", optional),
    extensions: list(3, "AgentExtension", "Protocol extensions the agent supports."),
    extendedAgentCard: one(4, "bool", "Whether authenticated clients can get an extended card.", optional),
  }),

  AgentExtension: message("An extension of the protocol that an agent supports.", {
    uri: one(1, "string", "The URI that identifies the extension."),
    description: one(2, "string", "How this agent uses the extension."),
    required: one(3, "bool", "If true, the client must understand the extension and comply with it."),
    params: one(4, "struct", "Configuration specific to the extension."),
  }),

  AgentSkill: message("Something an agent can do.", {
    id: one(1, "string", "Unique identifier of the skill.", required),
    name: one(2, "string", "A human-readable name.", required),
    description: one(3, "string", "A detailed description.", required),
    tags: list(4, "string", "Keywords that describe the skill.", required),
    examples: list(5, "string", "Prompts or scenarios the skill can handle."),
    inputModes: list(6, "string", "Media types accepted, instead of the agent's defaults."),
    outputModes: list(7, "string", "Media types produced, instead of the agent's defaults."),
    securityRequirements: list(8, "SecurityRequirement", "What is required to use the skill."),
  }),

  AgentCardSignature: message("A JSON Web Signature (RFC 7515) over an agent card.", {
    protected: one(1, "string", "The protected header: a JSON object, base64url-encoded.", required),
    signature: one(2, "string", "The signature, base64url-encoded.", required),
    header: one(3, "struct", "The unprotected header."),
  }),
};
