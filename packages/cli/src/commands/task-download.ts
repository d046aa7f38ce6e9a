/** `parley task download`: artifacts become files. Agents choose the names, so none of them is trusted. */
import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Artifact, Part, Task } from "@parley/a2a/protocol";
import { withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { safeFileName } from "../file-name.js";
import { notWritten } from "../local-file.js";
import { extensionOf } from "../media-types.js";
import { oneLine, usage } from "../output/index.js";

interface FileToSave {
  readonly name: string;
  readonly mediaType: string | undefined;
  readonly content: string | Uint8Array;
}

export const command: Command = (context) =>
  withSession(context, async ({ client, signal }) => {
    const task = await client.getTask({ id: context.arg(0), historyLength: 0 }, { signal });
    const files = filesOf(context, wantedArtifacts(context, task));
    const saved = await saveAll(context, files);
    if (context.json) context.emit(task);
    for (const { path, file, size } of saved) {
      if (context.json) context.diagnostics.progress(`Saved: ${path}`);
      else {
        context.text.section();
        context.text.field("Saved", path);
        context.text.field("Media type", file.mediaType);
        context.text.field("Size", `${size} bytes`);
      }
    }
    if (!context.json) {
      context.text.section();
      context.text.field("Task ID", task.id);
      context.text.field("Context ID", task.contextId ?? "(none)");
      context.text.field("State", task.status.state);
    }
  });

/** @throws Failure A2ACLI_ERR_USAGE when --artifact names none of them */
function wantedArtifacts({ config, diagnostics }: Context, { artifacts = [] }: Task): readonly Artifact[] {
  const id = config.get("artifact");
  if (artifacts.length === 0) diagnostics.warn("this task has no artifacts");
  if (id === undefined) return artifacts;
  const wanted = artifacts.filter((artifact) => artifact.artifactId === id);
  if (wanted.length > 0) return wanted;
  const known = artifacts.map(({ artifactId }) => artifactId).join(", ");
  throw usage(`the task has no artifact "${id}"`, known && `It has: ${oneLine(known)}`);
}

/** One file per part; names that come twice get a number. */
function filesOf(context: Context, artifacts: readonly Artifact[]): FileToSave[] {
  const taken = new Set<string>();
  return artifacts.flatMap((artifact) =>
    artifact.parts.flatMap((part) => {
      const content = contentOf(part);
      if (content === undefined) {
        context.diagnostics.warn(`not saved, it is only referred to: ${part.url ?? artifact.artifactId}`);
        return [];
      }
      const { extension, bytes, mediaType } = content;
      const suggested = part.filename ?? `${artifact.name ?? artifact.artifactId}.${extension}`;
      return [{ name: unique(safeFileName(suggested), taken), mediaType, content: bytes }];
    }),
  );
}

function contentOf(part: Part) {
  const { mediaType } = part;
  if (part.raw !== undefined)
    return { bytes: Buffer.from(part.raw, "base64"), extension: extensionOf(mediaType) ?? "bin", mediaType };
  if (part.text !== undefined)
    return {
      bytes: part.text,
      extension: extensionOf(mediaType) ?? "txt",
      mediaType: mediaType ?? "text/plain",
    };
  if (part.data === undefined) return undefined;
  const bytes = `${JSON.stringify(part.data, undefined, 2)}\n`;
  return { bytes, extension: extensionOf(mediaType) ?? "json", mediaType: mediaType ?? "application/json" };
}

/** Compared without case: some file systems make no difference. */
function unique(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let candidate = name;
  for (let number = 2; taken.has(candidate.toLowerCase()); number++)
    candidate = `${stem}-${number}${extension}`;
  taken.add(candidate.toLowerCase());
  return candidate;
}

/** Nothing is written when one of the files exists already, unless --force says so. */
async function saveAll({ config, io }: Context, files: readonly FileToSave[]) {
  const folder = config.get("dir") ?? ".";
  const force = config.get("force");
  const places = files.map((file) => ({
    file,
    path: join(folder, file.name),
    target: resolve(io.cwd, folder, file.name),
  }));
  for (const { path, target } of places)
    if (!force && (await lstat(target).catch(() => undefined)) !== undefined)
      throw usage(
        `${path} exists already`,
        "Save into another folder with --dir, or overwrite with --force.",
      );
  await mkdir(resolve(io.cwd, folder), { recursive: true }).catch((error: unknown) => {
    throw notWritten("--dir", folder, error);
  });
  const saved: { path: string; file: FileToSave; size: number }[] = [];
  for (const { file, path, target } of places) {
    // A link of that name is replaced, never followed.
    try {
      if (force) await rm(target, { force: true });
      await writeFile(target, file.content, { flag: "wx" });
    } catch (error) {
      throw notWritten("--dir", path, error);
    }
    saved.push({ path, file, size: Buffer.byteLength(file.content) });
  }
  return saved;
}
