/** A card as it is published: signed, and with addresses of the open network. */
import { variants } from "./variants.js";

export const signedCard = {
  ...variants.bare.agent().card,
  supportedInterfaces: [
    { url: "https://agent.example.com/", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
  ],
  signatures: [
    {
      protected: Buffer.from(JSON.stringify({ alg: "ES256", typ: "JOSE", kid: "key-1" })).toString(
        "base64url",
      ),
      signature: "c2ln",
    },
  ],
};
