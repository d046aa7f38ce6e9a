/** Version negotiation (spec 3.6): Major.Minor decides, a patch number is ignored, nothing means 0.3. */
import { A2AError } from "../protocol/index.js";

/**
 * @returns the Major.Minor version the request asks for.
 * @throws A2AError VERSION_NOT_SUPPORTED naming the supported ones
 */
export function negotiateVersion(asked: string | undefined, supported: readonly string[]): string {
  const version = asked?.trim() || "0.3";
  const match = /^(\d{1,4}\.\d{1,4})(\.\d{1,6})?$/.exec(version);
  const wanted = match?.[1];
  if (wanted !== undefined && supported.includes(wanted)) return wanted;
  const said = asked?.trim()
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
