/** Messages, parts and artifacts in the text form. No part is left out (CLI specification 10.2). */
import type { Artifact, Message, Part } from "@parley/a2a/protocol";
import { safeJson } from "./printable.js";
import type { TextWriter } from "./text.js";

/** Text as text, data as JSON, files by name, media type and size; with `verbose` everything a part carries. */
export function renderPart(out: TextWriter, part: Part, verbose: boolean): void {
  const isFile = part.raw !== undefined || part.url !== undefined;
  if (isFile) out.field("File", part.filename ?? "(no name)");
  else if (verbose) out.field("File name", part.filename);
  if (isFile || verbose) out.field("Media type", part.mediaType ?? (isFile ? "(not given)" : undefined));
  if (part.raw !== undefined) out.field("Size", `${byteLength(part.raw)} bytes`);
  if (part.url !== undefined) {
    out.field("Size", "(not known: sent by reference)");
    out.field("URL", part.url);
  }
  if (verbose) renderMetadata(out, part.metadata);
  if (part.text !== undefined) out.block("Text", part.text);
  if (part.data !== undefined) out.block("Data", safeJson(part.data, 2));
  if (!isFile && part.text === undefined && part.data === undefined) out.block("Part", safeJson(part, 2));
}

/** `label` is whose message it is: "Message", "Reply". Plain text stays on one line where it fits. */
export function renderMessage(out: TextWriter, label: string, message: Message, verbose: boolean): void {
  const texts = message.parts.map((part) => part.text);
  if (!verbose && texts.every((text) => text !== undefined)) {
    out.prose(label, texts.join("\n"));
    return;
  }
  out.field(label, verbose ? message.messageId : `${message.parts.length} parts`);
  if (verbose) {
    out.field("Role", message.role);
    out.field("Extensions", message.extensions?.join(", "));
    out.field("Refers to", message.referenceTaskIds?.join(", "));
    renderMetadata(out, message.metadata);
  }
  for (const part of message.parts) renderPart(out, part, verbose);
}

export function renderArtifact(out: TextWriter, artifact: Artifact, verbose: boolean): void {
  out.section();
  renderArtifactHead(out, artifact, verbose);
  for (const part of artifact.parts) renderPart(out, part, verbose);
}

export function renderArtifactHead(out: TextWriter, artifact: Artifact, verbose: boolean): void {
  out.field("Artifact", artifact.name ?? artifact.artifactId);
  if (artifact.name !== undefined && artifact.name !== artifact.artifactId)
    out.field("Artifact ID", artifact.artifactId);
  if (artifact.description) out.prose("Description", artifact.description);
  if (!verbose) return;
  out.field("Extensions", artifact.extensions?.join(", "));
  renderMetadata(out, artifact.metadata);
}

export function renderMetadata(out: TextWriter, metadata: object | undefined): void {
  if (metadata !== undefined && Object.keys(metadata).length > 0)
    out.block("Metadata", safeJson(metadata, 2));
}

/** Decoded length of base64, without decoding it. */
function byteLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length * 3) / 4) - padding;
}
