/** Version negotiation (spec 3.6). */
import { A2AError, askedVersion } from "../protocol/index.js";

/**
 * @param versions All that the agent speaks. The first is that of these requests; others have been translated into it.
 * @throws A2AError VERSION_NOT_SUPPORTED naming them
 */
export function negotiateVersion(asked: string | undefined, versions: readonly string[]): void {
  const [own] = versions;
  if (asked === own) return;
  const wanted = askedVersion(asked);
  if (wanted === own) return;
  const version = asked?.trim();
  const said = version
    ? `A2A version ${JSON.stringify(version.slice(0, 32))}`
    : "A2A version 0.3, assumed without an A2A-Version header,";
  const spoken = wanted !== undefined && versions.includes(wanted);
  throw new A2AError(
    "VERSION_NOT_SUPPORTED",
    spoken
      ? `${said} is spoken elsewhere, as the agent's card says; here it is ${own}`
      : `${said} is not supported; supported: ${versions.join(", ")}`,
    { metadata: { supportedVersions: versions.join(",") } },
  );
}
