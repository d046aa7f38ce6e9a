/** What the agent can do, by profile: the kit tests different things of agents that can and that cannot. */
import type { AgentCard } from "@parley/a2a";

export interface Profile {
  readonly capabilities: AgentCard["capabilities"];
  /** Whether authenticated callers get an extended card; everybody counts as authenticated. */
  readonly extendedCard: boolean;
}

export const profiles = {
  /** Every capability. */
  all: { capabilities: {}, extendedCard: true },
  /** None. */
  none: { capabilities: { streaming: false, pushNotifications: false }, extendedCard: false },
  /** Refuses clients that do not support an extension. The kit knows this one by its URI. */
  extension: {
    capabilities: {
      extensions: [
        {
          uri: "urn:a2a:tck:required-extension",
          description: "Required, so that calls without it are refused.",
          required: true,
        },
      ],
    },
    extendedCard: false,
  },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

/** @throws Error naming the profiles there are */
export function profileNamed(name: string): Profile {
  if (!Object.hasOwn(profiles, name)) {
    throw new Error(`There is no profile “${name}”; PROFILE is one of ${Object.keys(profiles).join(", ")}`);
  }
  return profiles[name as ProfileName];
}
