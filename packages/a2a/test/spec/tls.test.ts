/** Encrypted connections (spec 7.1, 7.2, 13.4). */
import { readFileSync } from "node:fs";
import { connect as connectTls, type SecureVersion } from "node:tls";
import { expect, it } from "vitest";
import { connect, memoryCardCache } from "../../src/client/index.js";
import { online } from "./rig.js";

const pem = (name: string) => readFileSync(new URL(`../hosts/fixtures/${name}.pem`, import.meta.url));
const tls = { cert: pem("cert"), key: pem("key") };

/** The protocol that is agreed on, or why there is none. */
const agreed = (port: number, version?: SecureVersion) =>
  new Promise<string | null>((resolve) => {
    const versions = version && { minVersion: version, maxVersion: version };
    const socket = connectTls({
      port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ciphers: "ALL:@SECLEVEL=0",
      ...versions,
    });
    socket.on("secureConnect", () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on("error", () => resolve(null));
  });

it("TLS 1.3 is spoken, nothing older than 1.2", async () => {
  await using server = await online(async function* () {}, { tls });
  expect(server.url).toMatch(/^https:/);
  expect(server.card.supportedInterfaces.every(({ url }) => url.startsWith("https:"))).toBe(true);
  expect(await agreed(server.port)).toBe("TLSv1.3");
  expect(await agreed(server.port, "TLSv1.2")).toBe("TLSv1.2");
  expect(await agreed(server.port, "TLSv1.1")).toBeNull();
  expect(await agreed(server.port, "TLSv1")).toBeNull();
});

it("the client refuses a server whose certificate nobody vouches for", async () => {
  await using server = await online(async function* () {}, { tls });
  const refused = connect(server.url, { cardCache: memoryCardCache() });
  await expect(refused).rejects.toMatchObject({ kind: expect.stringMatching(/tls|network/) });
});
