/** What an agent does not offer, and what it insists on (spec 3.3.4, 3.6, 4.6), on both bindings of a real server. */
import { describe, expect, it } from "vitest";
import { bearerTokens } from "../../src/auth/index.js";
import { completed } from "../../src/index.js";
import type { OperationName } from "../../src/protocol/index.js";
import { bodyOf, RawClient, statusOf } from "../hosts/raw-client.js";
import { bindings, call, Events, online, requestsAbout, saying } from "./rig.js";

const agent = async function* () {
  yield completed();
};
const authorization = "Bearer alice-token";
const authenticator = bearerTokens({ "alice-token": "alice" });

describe.each(bindings)("over %s", (binding) => {
  const reasons = async (url: string, operations: readonly OperationName[]) => {
    const found = new Set<string | undefined>();
    for (const [operation, request] of requestsAbout("none")) {
      if (!operations.includes(operation)) continue;
      const { error } = await call(url, binding, operation, request, { authorization });
      found.add(error?.reason);
    }
    return [...found];
  };

  it("push operations of an agent without push notifications", async () => {
    await using server = await online(agent, { card: { capabilities: { pushNotifications: false } } });
    const operations = ["Create", "Get", "Delete"].map(
      (verb) => `${verb}TaskPushNotificationConfig` as OperationName,
    );
    operations.push("ListTaskPushNotificationConfigs");
    expect(await reasons(server.url, operations)).toEqual(["PUSH_NOTIFICATION_NOT_SUPPORTED"]);
    const taskPushNotificationConfig = { url: "https://hook.example/" };
    const asking = saying("go", {}, { taskPushNotificationConfig });
    const { error } = await call(server.url, binding, "SendMessage", asking);
    expect(error?.reason).toBe("PUSH_NOTIFICATION_NOT_SUPPORTED");
  });

  it("push notifications that the card's author promised but the server cannot send are not promised", async () => {
    const card = { capabilities: { pushNotifications: true } };
    await using server = await online(agent, { card, post: undefined });
    expect(server.card.capabilities.pushNotifications).toBe(false);
    const asking = saying("go", {}, { taskPushNotificationConfig: { url: "https://hook.example/" } });
    const { error } = await call(server.url, binding, "SendMessage", asking);
    expect(error?.reason).toBe("PUSH_NOTIFICATION_NOT_SUPPORTED");
  });

  it("streams of an agent without streaming", async () => {
    await using server = await online(agent, { card: { capabilities: { streaming: false } } });
    expect(await reasons(server.url, ["SendStreamingMessage", "SubscribeToTask"])).toEqual([
      "UNSUPPORTED_OPERATION",
    ]);
  });

  it("the extended card of an agent without one, and of one that promised it", async () => {
    await using none = await online(agent, { authenticator });
    expect(none.card.capabilities.extendedAgentCard).toBe(false);
    expect(await reasons(none.url, ["GetExtendedAgentCard"])).toEqual(["UNSUPPORTED_OPERATION"]);
    const card = { capabilities: { extendedAgentCard: true } };
    await using promised = await online(agent, { authenticator, card });
    expect(await reasons(promised.url, ["GetExtendedAgentCard"])).toEqual([
      "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
    ]);
  });

  it("a required extension must be declared, in exactly its version; others are ignored", async () => {
    const extensions = [
      { uri: "https://x.example/required/v2", required: true },
      { uri: "https://x.example/optional/v2" },
    ];
    await using server = await online(agent, { card: { capabilities: { extensions } } });
    const active = async (asked: string | undefined) => {
      const headers: Record<string, string> = asked === undefined ? {} : { "a2a-extensions": asked };
      const answer = await call(server.url, binding, "SendMessage", saying("go"), headers);
      return answer.error?.reason ?? answer.headers.get("a2a-extensions");
    };
    const [required, optional] = extensions.map(({ uri }) => uri);
    expect(await active(undefined)).toBe("EXTENSION_SUPPORT_REQUIRED");
    expect(await active("https://x.example/required/v1")).toBe("EXTENSION_SUPPORT_REQUIRED");
    expect(await active(required)).toBe(required);
    expect(await active(`${required}, https://x.example/optional/v1, https://x.example/unknown`)).toBe(
      required,
    );
    expect(await active(`${required},${optional}`)).toBe(`${required}, ${optional}`);
    for (const [operation, request] of requestsAbout("none")) {
      const { error } = await call(server.url, binding, operation, request);
      expect(error?.reason).toBe("EXTENSION_SUPPORT_REQUIRED");
    }
  });

  it("every operation is held to its version; a patch number does not count", async () => {
    await using server = await online(agent);
    for (const [operation, request] of requestsAbout("none")) {
      for (const version of ["", "0.3", "1.1", "2.0"]) {
        const { error } = await call(server.url, binding, operation, request, { "a2a-version": version });
        expect(error?.reason).toBe("VERSION_NOT_SUPPORTED");
        expect(error?.metadata).toEqual({ supportedVersions: "1.0" });
      }
      const { error } = await call(server.url, binding, operation, request, { "a2a-version": "1.0.9" });
      expect(error?.reason).not.toBe("VERSION_NOT_SUPPORTED");
    }
  });

  it("service parameters are header fields in any case, and extensions are told back", async () => {
    const uri = "https://x.example/e/v1";
    await using server = await online(agent, { card: { capabilities: { extensions: [{ uri }] } } });
    const body = binding === "JSONRPC" ? '{"jsonrpc":"2.0","id":1,"method":"ListTasks"}' : "";
    const client = new RawClient(server.url).say(
      (body ? "POST / HTTP/1.1\r\n" : "GET /tasks HTTP/1.1\r\n") +
        `Host: x\r\nA2A-VERSION: 1.0\r\na2A-eXtensions: https://x.example/unknown,${uri}\r\n` +
        "CONTENT-TYPE: application/json\r\nConnection: close\r\n" +
        (body ? `Content-Length: ${body.length}\r\n\r\n${body}` : "\r\n"),
    );
    const answer = await client.rest();
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain(`a2a-extensions: ${uri}\r\n`);
    expect(bodyOf(answer)).toContain('"tasks":[]');
    const headers = { "a2a-extensions": uri };
    const events = await Events.open(server.url, binding, "SendStreamingMessage", saying("go"), headers);
    expect(events.response.headers.get("a2a-extensions")).toBe(uri);
    events.leave();
  });
});
