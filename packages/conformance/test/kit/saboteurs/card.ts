import { card, header, type Saboteurs, theCard, without } from "./tools.js";

/** The card with one interface in place of its own. */
const declaring = (change: object) =>
  card((json) => ({
    ...json,
    supportedInterfaces: [
      { url: "http://localhost/", protocolBinding: "urn:other", protocolVersion: "1.0", ...change },
    ],
  }));

export const cardSaboteurs: Saboteurs = {
  "card.available": {
    http: ({ path }, response) => (theCard.test(path) ? { ...response, status: 203 } : response),
  },
  "card.complete": card(without("skills")),
  "card.filled": card((json) => ({ ...json, description: "" })),
  "card.names": card(({ defaultInputModes, ...json }) => ({
    ...json,
    default_input_modes: defaultInputModes,
  })),
  "card.urls": declaring({ url: "/a2a" }),
  "card.binding-names": declaring({ protocolBinding: "REST" }),
  "card.versions": declaring({ protocolVersion: "1.0.0" }),
  "card.https": declaring({ url: "http://agent.example.com/" }),
  "card.skill-ids": card((json) => ({ ...json, skills: [json.skills, json.skills].flat() })),
  "card.cache-control": header("cache-control", "no-transform", theCard),
  "card.etag": header("etag", undefined, theCard),
  "card.conditional": {
    http: (_, response) => (response.status === 304 ? { ...response, status: 200, body: "{}" } : response),
  },
  "card.last-modified": header("last-modified", undefined, theCard),
  "card.signatures": card((json) => ({ ...json, signatures: [{ protected: "e30", signature: "c2ln" }] })),
};
