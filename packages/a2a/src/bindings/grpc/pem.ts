/** Certificates and keys, given as they are or as the file they are in. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";

/** PEM text or bytes, or the path of a PEM file. */
export type Pem = string | Buffer;

/** @throws Error when there is no such file */
export function readPem(pem: Pem): Buffer {
  if (typeof pem !== "string") return pem;
  return pem.includes("-----BEGIN ") ? Buffer.from(pem) : readFileSync(pem);
}
