/** Version negotiation (spec 3.6). */
import { A2AError, askedVersion } from "../protocol/index.js";

/**
 * @returns the Major.Minor version the request asks for.
 * @throws A2AError VERSION_NOT_SUPPORTED naming the supported ones
 */
export function negotiateVersion(asked: string | undefined, supported: readonly string[]): string {
  if (asked !== undefined && supported.includes(asked)) return asked;
  const wanted = askedVersion(asked);
  if (wanted !== undefined && supported.includes(wanted)) return wanted;
  const version = asked?.trim();
  const said = version
    ? `A2A version ${JSON.stringify(version.slice(0, 32))}`
    : "A2A version 0.3, assumed without an A2A-Version header,";
  throw new A2AError(
    "VERSION_NOT_SUPPORTED",
    `${said} is not supported; supported: ${supported.join(", ")}`,
    {
      metadata: { supportedVersions: supported.join(",") },
    },
  );
}
