/** Certificates and keys, given as they are or as the file they are in. */
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";

/** PEM text or bytes, or the path of a PEM file. */
export type Pem = string | Buffer;

/** @throws Error when there is no such file */
export async function readPem(pem: Pem): Promise<Buffer> {
  if (typeof pem !== "string") return pem;
  return pem.includes("-----BEGIN ") ? Buffer.from(pem) : await readFile(pem);
}
