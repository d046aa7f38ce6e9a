import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import {
  createVerifier,
  SeenIds,
  type VerifyOptions,
  verifyWebhook,
  WebhookError,
  type WebhookRequest,
  webhookReceiver,
} from "../../src/webhooks/index.js";
import { numbers, pushing, receiver } from "../push/support.js";

const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const body = JSON.stringify({
  statusUpdate: { taskId: "t1", contextId: "c1", status: { state: "TASK_STATE_WORKING" } },
});
const seconds = () => Math.floor(Date.now() / 1000);

/** Signed by the independent implementation. */
function signed(at = seconds(), text = body): Record<string, string> {
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(at),
    "webhook-signature": new Webhook(secret).sign("msg_1", new Date(at * 1000), text),
  };
}

const asFetch = (headers: Record<string, string>, text = body) =>
  new Request("https://client.example/hook", { method: "POST", headers, body: text });

async function problem(request: WebhookRequest, options: VerifyOptions): Promise<string> {
  try {
    await verifyWebhook(request, options);
  } catch (error) {
    if (error instanceof WebhookError) return `${error.status} ${error.reason}`;
    throw error;
  }
  return "accepted";
}

describe("a webhook that another implementation signed", () => {
  test("is its event", async () => {
    expect(await verifyWebhook(asFetch(signed()), { secret })).toEqual({
      id: "msg_1",
      taskId: "t1",
      event: JSON.parse(body),
      duplicate: false,
    });
  });

  test("is accepted when one of several signatures and one of several secrets fit", async () => {
    const headers = signed();
    headers["webhook-signature"] = `v1,AAAA v2,x v1a,AAAA v1 ${headers["webhook-signature"]} v1,BBBB`;
    expect(await problem(asFetch(headers), { secret: ["another", secret] })).toBe("accepted");
  });

  test.each([
    ["another secret", {}, { secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZg==" }],
    ["another id", { "webhook-id": "msg_2" }, {}],
    ["another time", { "webhook-timestamp": String(seconds() - 1) }, {}],
    ["no signature", { "webhook-signature": "" }, {}],
    ["a signature of another kind", { "webhook-signature": "v1a,AAAA" }, {}],
    ["a signature that is no base64", { "webhook-signature": "v1,???" }, {}],
  ] satisfies [string, Record<string, string>, Partial<VerifyOptions>][])(
    "is refused with %s",
    async (_, headers, options) => {
      expect(await problem(asFetch({ ...signed(), ...headers }), { secret, ...options })).toBe(
        "401 NOT_AUTHENTIC",
      );
    },
  );

  test("is refused with another body", async () => {
    expect(await problem(asFetch(signed(), body.replace("WORKING", "COMPLETED")), { secret })).toBe(
      "401 NOT_AUTHENTIC",
    );
  });

  test("is refused when it is too old or from the future, by a tolerance one may choose", async () => {
    expect(await problem(asFetch(signed(seconds() - 400)), { secret })).toBe("401 TOO_OLD");
    expect(await problem(asFetch(signed(seconds() + 400)), { secret })).toBe("401 TOO_OLD");
    expect(await problem(asFetch(signed(seconds() - 400)), { secret, tolerance: 500_000 })).toBe("accepted");
  });

  test("is refused when it is no event of a task, or of another task", async () => {
    for (const text of [
      "",
      "{}",
      '{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}}',
    ]) {
      expect(await problem(asFetch(signed(seconds(), text), text), { secret })).toBe("400 MALFORMED");
    }
    expect(await problem(asFetch(signed()), { secret, taskId: "t1" })).toBe("accepted");
    expect(await problem(asFetch(signed()), { secret, taskId: "t2" })).toBe("404 UNEXPECTED_TASK");
    expect(await problem(asFetch(signed()), { secret, taskId: async (id) => id === "t2" })).toBe(
      "404 UNEXPECTED_TASK",
    );
  });

  test("is refused when it is too long, whatever it comes in", async () => {
    for (const request of [
      asFetch(signed()),
      { headers: signed(), body },
      { headers: signed(), body: Buffer.from(body) },
    ]) {
      expect(await problem(request, { secret, maxBytes: 20 })).toBe("413 TOO_LARGE");
    }
  });

  test("is read from whatever has it", async () => {
    expect(await problem({ headers: new Headers(signed()), body }, { secret })).toBe("accepted");
    expect(await problem({ headers: signed(), body: Buffer.from(body) }, { secret })).toBe("accepted");
  });

  test("is a duplicate when it was seen", async () => {
    const seen = new SeenIds(2);
    const { duplicate } = await verifyWebhook(asFetch(signed()), { secret, seen });
    expect(duplicate).toBe(false);
    seen.add("msg_1");
    expect((await verifyWebhook(asFetch(signed()), { secret, seen })).duplicate).toBe(true);
    seen.add("a");
    seen.add("b");
    expect((await verifyWebhook(asFetch(signed()), { secret, seen })).duplicate).toBe(false);
  });
});

test("somebody has to say what to authenticate by", () => {
  expect(() => createVerifier({})).toThrow(TypeError);
  expect(() => createVerifier({ secret: "" })).toThrow(TypeError);
  expect(() => createVerifier({ publicKey: "abc" })).toThrow(TypeError);
});

test("a plain token is a secret too, and can be compared where nothing is signed", async () => {
  const content = `msg_1.${seconds()}.${body}`;
  const signature = `v1,${createHmac("sha256", "plain").update(content).digest("base64")}`;
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": content.split(".")[1] ?? "",
    "webhook-signature": signature,
    "a2a-notification-token": "plain",
  };
  expect(await problem(asFetch(headers), { secret: "plain" })).toBe("accepted");
  expect(await problem(asFetch(headers), { token: "plain" })).toBe("accepted");
  expect(await problem(asFetch(headers), { token: "other" })).toBe("401 NOT_AUTHENTIC");
  expect(await problem(asFetch(headers), { secret: "plain", token: "other" })).toBe("401 NOT_AUTHENTIC");
  const { "a2a-notification-token": _, ...without } = headers;
  expect(await problem(asFetch(without), { token: "plain" })).toBe("401 NOT_AUTHENTIC");
});

describe("public keys", () => {
  const pair = () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    return {
      privateKey,
      jwk: publicKey.export({ format: "jwk" }) as { kty: string; crv: string; x: string },
    };
  };
  const mine = pair();
  const other = pair();

  /** Signed by Node's own implementation. */
  function headersBy({ privateKey }: typeof mine) {
    const at = String(seconds());
    const signature = sign(null, Buffer.from(`msg_1.${at}.${body}`), privateKey).toString("base64");
    return { "webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": `v1a,${signature}` };
  }

  test("verify, in every form", async () => {
    const whpk = `whpk_${Buffer.from(mine.jwk.x, "base64url").toString("base64")}`;
    for (const options of [
      { publicKey: whpk },
      { publicKey: mine.jwk },
      { jwks: { keys: [{ kty: "RSA" }, other.jwk, mine.jwk] } },
    ]) {
      expect(await problem(asFetch(headersBy(mine)), options)).toBe("accepted");
    }
    expect(await problem(asFetch(headersBy(other)), { publicKey: whpk })).toBe("401 NOT_AUTHENTIC");
    expect(await problem(asFetch(headersBy(mine)), { secret })).toBe("401 NOT_AUTHENTIC");
  });

  test("are fetched once, and again for a signature that fits none, but not more often than that", async () => {
    let asked = 0;
    let keys = [mine.jwk];
    const server = createServer((_request, response) => {
      asked++;
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
    const verify = createVerifier({ jwks, againMillis: 0 });
    await verify(asFetch(headersBy(mine)));
    await verify(asFetch(headersBy(mine)));
    expect(asked).toBe(1);
    keys = [other.jwk];
    await verify(asFetch(headersBy(other)));
    expect(asked).toBe(2);
    const patient = createVerifier({ jwks });
    await expect(patient(asFetch(headersBy(mine)))).rejects.toThrow(WebhookError);
    await expect(patient(asFetch(headersBy(mine)))).rejects.toThrow(WebhookError);
    expect(asked).toBe(3);
    await new Promise((done) => server.close(done));
  });

  test("that never come hold a webhook up for so long, and are asked for again with the next", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      if (++asked > 1) response.end(JSON.stringify({ keys: [mine.jwk] }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const verify = createVerifier({ jwks, timeoutMillis: 500 });
    await expect(verify(asFetch(headersBy(mine)))).rejects.toMatchObject({ name: "TimeoutError" });
    await verify(asFetch(headersBy(mine)));
    expect(asked).toBe(2);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});

describe("what Parley sends", () => {
  test("is verified by the independent implementation, and the secret stays at home", async () => {
    const { url, got } = await receiver();
    const { push, tell, close } = await pushing();
    await push.create({ url, token: secret }, "t1");
    await tell("t1", 3);
    await close();
    expect(got).toHaveLength(3);
    for (const { headers, body } of got) {
      expect(JSON.stringify(headers)).not.toContain(secret.slice(6));
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
      const bad = { ...(headers as Record<string, string>), "webhook-id": "msg_x" };
      expect(() => new Webhook(secret).verify(body, bad)).toThrow();
    }
  });

  test("is verified by a Node server, each event handled once though it is sent twice", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const jwk = privateKey.export({ format: "jwk" }) as { kty: string; crv: string; x: string; d: string };
    const handled: number[] = [];
    let failed = 0;
    const { push, tell, close } = await pushing({ signingKeys: [{ ...jwk, kid: "k1" }] });
    expect(push.jwks).toEqual({
      keys: [{ kty: "OKP", crv: "Ed25519", x: jwk.x, kid: "k1", use: "sig", alg: "EdDSA" }],
    });
    const receive = webhookReceiver({ jwks: push.jwks, taskId: "t1" }, ({ event }) => {
      if (failed++ === 0) throw new Error("not yet");
      handled.push(Number((event.task ?? event.statusUpdate)?.metadata?.["seq"]));
    });
    let answers = 0;
    const server = createServer(async (request, response) => {
      const { status } = await receive(request);
      // An answer that gets lost is why webhooks come twice.
      if (++answers === 3) response.destroy();
      else response.writeHead(status).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await push.create({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }, "t1");
    await tell("t1", 5);
    await close();
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    expect(handled).toEqual(numbers(5));
    expect(answers).toBe(7);
  });
});
