import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalCard, canonicalJson } from "../../src/codec/index.js";

test("canonical JSON is what the reference implementation of RFC 8785 makes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
  );
});

test("the sample of RFC 8785 comes out as printed there", () => {
  const sample = JSON.parse(
    `{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}`,
  );
  expect(canonicalJson(sample)).toBe(
    `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800", 1n, undefined, () => 1])(
  "JSON cannot carry %s",
  (value) => {
    expect(() => canonicalJson([value])).toThrow(TypeError);
  },
);

test("the card of spec 8.4.1 keeps required and set optional fields, and no other defaults", () => {
  const card = {
    name: "Example Agent",
    description: "",
    capabilities: { streaming: false, pushNotifications: false, extensions: [] },
    skills: [],
    signatures: [{ protected: "p", signature: "s" }],
    supportedInterfaces: [],
    version: "1",
    defaultInputModes: [],
    defaultOutputModes: [],
  };
  expect(canonicalCard(card)).toBe(
    `{"capabilities":{"pushNotifications":false,"streaming":false},"defaultInputModes":[],"defaultOutputModes":[],` +
      `"description":"","name":"Example Agent","skills":[],"supportedInterfaces":[],"version":"1"}`,
  );
});

test("defaults are left out at every depth, free-form JSON and unknown members stay", () => {
  const skill = { id: "s", name: "", description: "", tags: [], examples: [], inputModes: null };
  const card = {
    name: "x",
    iconUrl: "",
    provider: { url: "", organization: "" },
    securitySchemes: { a: { apiKeySecurityScheme: { description: "", location: "header", name: "k" } } },
    securityRequirements: [{ schemes: { a: { list: [] } } }, { schemes: {} }],
    capabilities: { extensions: [{ uri: "u", required: false, params: { a: "", b: [] } }] },
    skills: [skill],
    later: { b: false, a: [] },
  };
  expect(JSON.parse(canonicalCard(card))).toStrictEqual({
    name: "x",
    description: "",
    version: "",
    supportedInterfaces: [],
    defaultInputModes: [],
    defaultOutputModes: [],
    iconUrl: "",
    provider: { url: "", organization: "" },
    securitySchemes: { a: { apiKeySecurityScheme: { location: "header", name: "k" } } },
    securityRequirements: [{ schemes: { a: {} } }, {}],
    capabilities: { extensions: [{ uri: "u", params: { a: "", b: [] } }] },
    skills: [{ id: "s", name: "", description: "", tags: [] }],
    later: { b: false, a: [] },
  });
});
