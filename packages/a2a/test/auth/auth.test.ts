import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Authenticator,
  anyOf,
  apiKeys,
  authenticator,
  bearerTokens,
  type Credentials,
} from "../../src/auth/index.js";
import { SecretTable, same } from "../../src/auth/secret-table.js";
import { A2AError } from "../../src/protocol/index.js";

function request(headers: Record<string, string> = {}, query: Record<string, string> = {}): Credentials {
  return { header: (name) => headers[name], queryParameter: (name) => query[name] };
}

/** The refusal as a plain object; fails when there is none. */
async function refusal(by: Authenticator, credentials: Credentials) {
  try {
    await by.authenticate(credentials);
  } catch (error) {
    expect(error).toBeInstanceOf(A2AError);
    if (error instanceof A2AError) {
      return { reason: error.reason, message: error.message, challenge: error.challenge };
    }
  }
  throw new Error("was not refused");
}

const required = "Authentication required";

describe("bearer tokens", () => {
  const bearer = bearerTokens(
    { "alice-token": "alice", "b0b.~+/==": { id: "bob", scopes: ["tasks"] } },
    { bearerFormat: "opaque" },
  );

  test("state themselves as the card needs it", () => {
    expect(bearer.schemes).toEqual({
      bearer: { httpAuthSecurityScheme: { scheme: "Bearer", bearerFormat: "opaque" } },
    });
    expect(bearer.requirements).toEqual([{ schemes: { bearer: { list: [] } } }]);
    expect(Object.keys(bearerTokens({}, { schemeName: "ours" }).schemes)).toEqual(["ours"]);
  });

  test.each([
    ["Bearer alice-token", { id: "alice" }],
    ["bearer alice-token", { id: "alice" }],
    ["BEARER   alice-token  ", { id: "alice" }],
    ["Bearer b0b.~+/==", { id: "bob", scopes: ["tasks"] }],
  ])("%s is known, at once", (authorization, principal) => {
    expect(bearer.authenticate(request({ authorization }))).toEqual(principal);
  });

  const absent = 'Bearer realm="a2a"';
  const invalid = `${absent}, error="invalid_token"`;
  test.each([
    [undefined, required, absent],
    ["", required, absent],
    ["Basic YWxpY2U6cHc=", required, absent],
    ["Bearerless alice-token", required, absent],
    ["Bearer", "The bearer token is malformed", invalid],
    ["Bearer ", "The bearer token is malformed", invalid],
    ["Bearer alice token", "The bearer token is malformed", invalid],
    ["Bearer alice-token, Bearer alice-token", "The bearer token is malformed", invalid],
    ['Bearer "alice-token"', "The bearer token is malformed", invalid],
    ["Bearer alice-t\u00f6ken", "The bearer token is malformed", invalid],
    [`Bearer ${"a".repeat(9000)}`, "The bearer token is malformed", invalid],
    ["Bearer alice-tokem", "The bearer token is not valid", invalid],
    ["Bearer alice-toke", "The bearer token is not valid", invalid],
    ["Bearer alice-tokenalice-token", "The bearer token is not valid", invalid],
    ["Bearer Alice-token", "The bearer token is not valid", invalid],
    ["Bearer __proto__", "The bearer token is not valid", invalid],
    ["Bearer constructor", "The bearer token is not valid", invalid],
  ])("%s is refused", async (authorization, message, challenge) => {
    const credentials = request(authorization === undefined ? {} : { authorization });
    expect(await refusal(bearer, credentials)).toEqual({ reason: "UNAUTHENTICATED", message, challenge });
  });

  test("are looked up by a function, now or later", async () => {
    const known = new Map([["t1", { id: "one" }]]);
    const now = bearerTokens((token) => known.get(token));
    const later = bearerTokens(async (token) => known.get(token));
    for (const by of [now, later]) {
      expect(await by.authenticate(request({ authorization: "Bearer t1" }))).toEqual({ id: "one" });
      expect(await refusal(by, request({ authorization: "Bearer t2" }))).toMatchObject({
        reason: "UNAUTHENTICATED",
        challenge: invalid,
      });
    }
  });

  test("a lookup that fails is not a refusal", async () => {
    const broken = bearerTokens(() => Promise.reject(new Error("database gone")));
    await expect(broken.authenticate(request({ authorization: "Bearer t" }))).rejects.toThrow(
      "database gone",
    );
  });

  test("that could never be sent are a mistake, which is told without the token", () => {
    for (const secret of ["", "two words", "t\u00f6ken", "line\nbreak"]) {
      const make = () => bearerTokens({ [secret]: "alice" });
      expect(make).toThrow("The secret of alice cannot be sent in a request");
    }
    expect(() => bearerTokens({ t: "" })).toThrow("A principal needs an id");
  });
});

describe("API keys", () => {
  test.each([
    ["header", request({ "x-api-key": " k1 " }), request({ "x-api-key": "k2" })],
    ["query", request({}, { "X-API-Key": "k1" }), request({}, { "X-API-Key": "" })],
    ["cookie", request({ cookie: 'a=b; X-API-Key="k1"; c' }), request({ cookie: "X-API-Key=k1x" })],
  ] as const)("travel in a %s", async (place, good, bad) => {
    const keys = apiKeys({ k1: "ci" }, { in: place, name: "X-API-Key" });
    expect(keys.schemes).toEqual({
      apiKey: { apiKeySecurityScheme: { location: place, name: "X-API-Key" } },
    });
    expect(keys.authenticate(good)).toEqual({ id: "ci" });
    const challenge = `ApiKey realm="a2a", in="${place}", name="X-API-Key"`;
    expect(await refusal(keys, bad)).toEqual({
      reason: "UNAUTHENTICATED",
      message: "The API key is not valid",
      challenge,
    });
    expect(await refusal(keys, request())).toEqual({
      reason: "UNAUTHENTICATED",
      message: required,
      challenge,
    });
  });

  test("are not looked for in other places", async () => {
    const keys = apiKeys({ k1: "ci" }, { in: "header", name: "key" });
    const elsewhere = request({ cookie: "key=k1" }, { key: "k1" });
    expect((await refusal(keys, elsewhere)).message).toBe(required);
  });

  test("need a name that can be sent", () => {
    expect(() => apiKeys({}, { in: "header", name: "X-Key\r\nX-Evil" })).toThrow(TypeError);
    expect(() => apiKeys({}, { in: "cookie", name: "a=b" })).toThrow(TypeError);
    expect(() => apiKeys({}, { in: "query", name: "" })).toThrow(TypeError);
    expect(() => apiKeys({ "a;b": "x" }, { in: "cookie", name: "key" })).toThrow(TypeError);
  });
});

describe("any of", () => {
  const keys = apiKeys({ k1: "ci" }, { in: "header", name: "key" });
  const tokens = bearerTokens(async (token) => (token === "t1" ? { id: "alice" } : undefined));
  const either = anyOf(keys, tokens);

  test("offers all schemes, as alternatives", () => {
    expect(Object.keys(either.schemes)).toEqual(["apiKey", "bearer"]);
    expect(either.requirements).toEqual([
      { schemes: { apiKey: { list: [] } } },
      { schemes: { bearer: { list: [] } } },
    ]);
  });

  test("takes whichever proves the caller", async () => {
    expect(either.authenticate(request({ key: "k1" }))).toEqual({ id: "ci" });
    expect(await either.authenticate(request({ authorization: "Bearer t1" }))).toEqual({ id: "alice" });
    expect(await either.authenticate(request({ key: "wrong", authorization: "Bearer t1" }))).toEqual({
      id: "alice",
    });
  });

  test("lists every challenge when none does, and says what was wrong", async () => {
    expect(await refusal(either, request())).toEqual({
      reason: "UNAUTHENTICATED",
      message: required,
      challenge: 'ApiKey realm="a2a", in="header", name="key", Bearer realm="a2a"',
    });
    expect(await refusal(either, request({ authorization: "Bearer t2" }))).toEqual({
      reason: "UNAUTHENTICATED",
      message: "The bearer token is not valid",
      challenge: 'ApiKey realm="a2a", in="header", name="key", Bearer realm="a2a", error="invalid_token"',
    });
  });

  test("a refusal of a known caller stands unless another way in works", async () => {
    const banned = authenticator({
      schemes: { basic: { httpAuthSecurityScheme: { scheme: "Basic" } } },
      authenticate: () => {
        throw new A2AError("PERMISSION_DENIED", "Not you");
      },
    });
    const by = anyOf(banned, keys);
    expect(await refusal(by, request())).toMatchObject({ reason: "PERMISSION_DENIED", message: "Not you" });
    expect(await by.authenticate(request({ key: "k1" }))).toEqual({ id: "ci" });
  });

  test("a failure is no refusal", async () => {
    const broken = bearerTokens(() => {
      throw new Error("database gone");
    });
    const by = anyOf(broken, keys);
    expect(() => by.authenticate(request({ authorization: "Bearer t", key: "k1" }))).toThrow("database gone");
  });

  test("one name cannot mean two schemes", () => {
    expect(() => anyOf(keys, apiKeys({}, { in: "query", name: "key" }))).toThrow(TypeError);
    expect(Object.keys(anyOf(tokens, bearerTokens({})).schemes)).toEqual(["bearer"]);
  });
});

describe("an authenticate function", () => {
  test("gets challenges for all its schemes", async () => {
    const by = authenticator({
      schemes: {
        basic: { httpAuthSecurityScheme: { scheme: "Basic" } },
        oidc: { openIdConnectSecurityScheme: { openIdConnectUrl: "https://issuer.example/.well-known" } },
        cert: { mtlsSecurityScheme: {} },
      },
      requirements: [{ schemes: { basic: { list: [] }, cert: { list: [] } } }],
      authenticate: async (credentials) => {
        if (credentials.header("authorization")) throw new A2AError("UNAUTHENTICATED", "Expired");
        return undefined;
      },
    });
    const challenge = 'Basic realm="a2a", Bearer realm="a2a"';
    expect(by.requirements).toHaveLength(1);
    expect(await refusal(by, request())).toEqual({ reason: "UNAUTHENTICATED", message: required, challenge });
    expect(await refusal(by, request({ authorization: "x" }))).toEqual({
      reason: "UNAUTHENTICATED",
      message: "Expired",
      challenge,
    });
  });

  test("scheme names cannot break the header", () => {
    const broken = { httpAuthSecurityScheme: { scheme: "Bearer\r\nSet-Cookie: a=b" } };
    expect(() => authenticator({ schemes: { broken }, authenticate: () => undefined })).toThrow(TypeError);
  });
});

test("no refusal repeats what was sent", async () => {
  const by = anyOf(bearerTokens({ secret: "a" }), apiKeys({ secret: "a" }, { in: "header", name: "key" }));
  for (const sent of ["s3cr3t-guess", "s3cr3t guess", "s3cr3t\u00fc"]) {
    const said = JSON.stringify(await refusal(by, request({ authorization: `Bearer ${sent}`, key: sent })));
    expect(said).not.toContain("s3cr3t");
    expect(said).not.toContain("secret");
  }
});

test("secrets are the same when all of them is, however long the guess", () => {
  const text = fc.string({ minLength: 1 });
  fc.assert(fc.property(text, fc.string(), (secret, guess) => same(secret, guess) === (secret === guess)));
  fc.assert(fc.property(text, (secret) => same(secret, secret)));
  // Repetition, prefix, suffix, and a difference at each place.
  for (const guess of ["", "a", "ab", "abcabc", "abcd", "bc", "abd", "xbc", "axc", "ABC"]) {
    expect([guess, same("abc", guess)]).toEqual([guess, false]);
  }
});

test("a secret table answers like a Map", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), fc.integer()),
      fc.array(fc.string({ minLength: 0 })),
      (entries, guesses) => {
        const table = new SecretTable<number>();
        const map = new Map(Object.entries(entries));
        for (const [secret, value] of map) table.add(secret, value);
        for (const guess of [...map.keys(), ...guesses]) expect(table.find(guess)).toBe(map.get(guess));
      },
    ),
  );
});
