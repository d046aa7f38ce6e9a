import { describe, expect, test } from "vitest";
import { type CheckOptions, check, tryCheck, violationLimit } from "../../src/codec/index.js";
import { A2AError, type MessageName } from "../../src/protocol/index.js";

const message = { messageId: "m1", role: "ROLE_USER", parts: [{ text: "hi" }] };

/** Violations as `field: description` lines; empty when the value is valid. */
function complaints(name: MessageName, value: unknown, options?: CheckOptions): string[] {
  const result = tryCheck(name, value, options);
  return result.ok ? [] : result.violations.map(({ field, description }) => `${field}: ${description}`);
}

describe("what is in normal form already", () => {
  test("comes back as the very same object", () => {
    const request = { message, configuration: { historyLength: 3, acceptedOutputModes: ["text/plain"] } };
    expect(check("SendMessageRequest", request)).toBe(request);
    const frozen = Object.freeze({ data: Object.freeze({ a: Object.freeze([1, null, "x", { b: false }]) }) });
    expect(check("Part", frozen)).toBe(frozen);
  });

  test("may hold undefined members, as objects made in code do", () => {
    const part = { text: "hi", filename: undefined };
    expect(check("Part", part)).toBe(part);
    expect(check("Part", { text: "hi", url: undefined, x: 1 })).toStrictEqual({ text: "hi" });
  });
});

describe("what is not", () => {
  test("is copied, never changed", () => {
    const input = { message_id: "m1", role: 1, parts: [{ text: "hi", extra: 1 }], metadata: null };
    const before = structuredClone(input);
    expect(check("Message", input)).toStrictEqual(message);
    expect(input).toStrictEqual(before);
  });

  test("loses unknown fields at every level, however deep they are", () => {
    const deep = JSON.parse("[".repeat(40_000) + "]".repeat(40_000));
    expect(check("Message", { ...message, parts: [{ text: "hi", kind: "text" }], deep })).toStrictEqual(
      message,
    );
  });

  test("gets camelCase names", () => {
    const scheme = {
      oauth2_security_scheme: { flows: { device_code: flow() }, oauth2_metadata_url: "https://x" },
    };
    expect(check("SecurityScheme", scheme)).toStrictEqual({
      oauth2SecurityScheme: {
        flows: { deviceCode: { deviceAuthorizationUrl: "u", tokenUrl: "t", scopes: {} } },
        oauth2MetadataUrl: "https://x",
      },
    });
    function flow() {
      return { device_authorization_url: "u", token_url: "t", scopes: {} };
    }
  });

  test("may not say a field twice by its two names", () => {
    const twice = "given twice, by both spellings of its name";
    expect(complaints("Message", { ...message, message_id: "m2" })).toEqual([`message_id: ${twice}`]);
    expect(complaints("Message", { message_id: "m2", ...message })).toEqual([`messageId: ${twice}`]);
    expect(complaints("Message", { ...message, taskId: null, task_id: "t" })).toEqual([`task_id: ${twice}`]);
  });
});

describe("an empty string", () => {
  test("is unset where proto3 cannot tell the difference, and a value elsewhere", () => {
    expect(check("Message", { ...message, taskId: "", contextId: "" })).toStrictEqual(message);
    expect(check("Part", { text: "", filename: "" })).toStrictEqual({ text: "" });
    const kept = { acceptedOutputModes: [""] };
    expect(check("SendMessageConfiguration", kept)).toBe(kept);
    const list = { tasks: [], nextPageToken: "", pageSize: 1, totalSize: 0 };
    expect(check("ListTasksResponse", list)).toBe(list);
  });
});

describe("null", () => {
  test("is unset", () => {
    expect(check("Message", { ...message, taskId: null, metadata: null, extensions: null })).toStrictEqual(
      message,
    );
    expect(complaints("Message", { ...message, parts: null })).toEqual(["parts: required"]);
    expect(check("Part", { text: "hi", url: null })).toStrictEqual({ text: "hi" });
  });

  test("is a value where any JSON value is", () => {
    const part = { data: null };
    expect(check("Part", part)).toBe(part);
  });

  test("is no element of a list or a map", () => {
    expect(complaints("Message", { ...message, parts: [null] })).toEqual([
      "parts[0]: expected an object, got null",
    ]);
    expect(complaints("SecurityRequirement", { schemes: { a: null } })).toEqual([
      "schemes.a: expected an object, got null",
    ]);
  });
});

describe("required fields", () => {
  test("must be there in requests, and filled", () => {
    expect(complaints("SendMessageRequest", {})).toEqual(["message: required"]);
    expect(complaints("SendMessageRequest", { message: {} })).toEqual([
      "message.messageId: required",
      "message.role: required",
      "message.parts: required",
    ]);
    expect(complaints("Message", { ...message, messageId: "", parts: [] })).toEqual([
      "messageId: must not be empty",
      "parts: must not be empty",
    ]);
    expect(complaints("GetTaskRequest", { id: "" })).toEqual(["id: must not be empty"]);
  });

  test("are named once when they are wrong", () => {
    expect(complaints("Message", { ...message, role: true, parts: "x" })).toEqual([
      "role: expected one of ROLE_USER, ROLE_AGENT, got boolean",
      "parts: expected an array, got string",
    ]);
  });

  test("may be empty in responses, and left out where that says empty", () => {
    const page = { tasks: [], nextPageToken: "", pageSize: 0, totalSize: 0 };
    expect(check("ListTasksResponse", page, { mode: "response" })).toBe(page);
    expect(check("ListTasksResponse", {}, { mode: "response" })).toStrictEqual(page);
    expect(check("ListTasksResponse", page)).toBe(page);
    expect(complaints("ListTasksResponse", {})).toHaveLength(4);
    const bare = { artifactId: "a", parts: [] };
    expect(check("Artifact", bare, { mode: "response" })).toBe(bare);
    expect(complaints("Task", { status: {} }, { mode: "response" })).toEqual([
      "status.state: required",
      "id: required",
    ]);
  });
});

describe("exactly one content", () => {
  const oneof = "expected exactly one of text, raw, url, data; got";
  test.each([
    [{}, `: ${oneof} none`],
    [{ text: null }, `: ${oneof} none`],
    [{ text: "a", url: "b" }, `: ${oneof} text, url`],
    [{ text: "a", data: null }, `: ${oneof} text, data`],
    [{ text: 5 }, "text: expected a string, got number"],
  ])("%j is refused", (part, complaint) => {
    expect(complaints("Part", part)).toEqual([complaint]);
  });

  test.each([{ text: "" }, { raw: "" }, { url: "" }, { data: null }, { data: 0 }])("%j is one", (part) => {
    expect(check("Part", part)).toBe(part);
  });

  test("holds for streams and security schemes too", () => {
    expect(complaints("StreamResponse", {})[0]).toMatch(
      "task, message, statusUpdate, artifactUpdate; got none",
    );
    expect(complaints("SecurityScheme", { newScheme: {} })[0]).toMatch("got none");
  });
});

describe("enums", () => {
  test("are known by name and by number, and come out as names", () => {
    expect(check("TaskStatus", { state: 6 })).toStrictEqual({ state: "TASK_STATE_INPUT_REQUIRED" });
    expect(check("ListTasksRequest", { status: "TASK_STATE_WORKING" }).status).toBe("TASK_STATE_WORKING");
  });

  test.each(["user", "ROLE_OWNER", "role_user", "1", "", 3, -1, 1.5, "__proto__", "constructor"])(
    "%j is no role",
    (role) => {
      const [complaint, ...rest] = complaints("Message", { ...message, role });
      expect(complaint).toBe(`role: expected one of ROLE_USER, ROLE_AGENT, got ${JSON.stringify(role)}`);
      expect(rest).toEqual([]);
    },
  );

  test("may be unspecified only where they are not required", () => {
    for (const state of ["TASK_STATE_UNSPECIFIED", 0]) {
      expect(complaints("TaskStatus", { state })).toEqual([
        expect.stringContaining("state: expected one of"),
      ]);
      expect(complaints("TaskStatus", { state }, { mode: "response" })).toHaveLength(1);
      expect(check("ListTasksRequest", { status: state })).toStrictEqual({});
    }
  });
});

describe("numbers and booleans", () => {
  test.each([0, 5, 2 ** 31 - 1, "7", "0"])("historyLength %j is fine", (historyLength) => {
    expect(check("GetTaskRequest", { id: "t", historyLength }).historyLength).toBe(Number(historyLength));
  });

  test.each([-1, 1.5, 2 ** 31, "1.5", "x", "1e2", "", " 1", "99999999999"])(
    "historyLength %j is not",
    (value) => {
      expect(complaints("GetTaskRequest", { id: "t", historyLength: value })).toEqual([
        `historyLength: expected an integer from 0 to 2147483647, got ${JSON.stringify(value)}`,
      ]);
    },
  );

  test.each([0, 101, "x"])("page size %j is refused", (pageSize) => {
    expect(complaints("ListTasksRequest", { pageSize })).toEqual([
      `pageSize: expected an integer from 1 to 100, got ${JSON.stringify(pageSize)}`,
    ]);
  });

  test.each(["true", 1, {}])("%j is no boolean", (includeArtifacts) => {
    expect(complaints("ListTasksRequest", { includeArtifacts })).toHaveLength(1);
  });
});

describe("text", () => {
  test("must be well-formed Unicode, in names too", () => {
    expect(complaints("Part", { text: "a\ud800" })).toEqual(["text: expected well-formed Unicode"]);
    expect(complaints("Part", { data: { a: ["\udc00"] } })).toEqual([
      "data.a[0]: expected well-formed Unicode",
    ]);
    expect(complaints("Part", { data: { "\ud800": 1 } })).toHaveLength(1);
    expect(complaints("Part", { text: "😀" })).toEqual([]);
  });
});

describe("bytes and timestamps", () => {
  test("come out in normal form", () => {
    expect(check("Part", { raw: "_-8" })).toStrictEqual({ raw: "/+8=" });
    const status = { state: "TASK_STATE_WORKING", timestamp: "2023-10-27T12:00:00+02:00" };
    expect(check("TaskStatus", status).timestamp).toBe("2023-10-27T10:00:00.000Z");
  });

  test("are refused when they are something else", () => {
    expect(complaints("Part", { raw: "a b" })).toEqual(["raw: expected base64 or base64url"]);
    expect(complaints("Part", { raw: 5 })).toEqual(["raw: expected a base64 string, got number"]);
    expect(complaints("ListTasksRequest", { statusTimestampAfter: "yesterday" })).toEqual([
      'statusTimestampAfter: expected an RFC 3339 timestamp such as 2023-10-27T10:00:00.000Z, got "yesterday"',
    ]);
    expect(complaints("ListTasksRequest", { statusTimestampAfter: 5 })).toHaveLength(1);
  });
});

describe("free-form JSON", () => {
  test("loses own members called __proto__, and nothing is polluted", () => {
    const text = `{"text":"hi","__proto__":{"url":"x"},"metadata":{"a":{"__proto__":{"polluted":1},"b":[{"__proto__":1}]}}}`;
    const part = check("Part", JSON.parse(text));
    expect(JSON.stringify(part)).toBe(`{"text":"hi","metadata":{"a":{"b":[{}]}}}`);
    expect(Object.getPrototypeOf(part.metadata?.["a"])).toBe(Object.prototype);
    expect(part.url).toBeUndefined();
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    const card = check("SecurityRequirement", JSON.parse(`{"schemes":{"__proto__":{"list":["x"]},"a":{}}}`));
    expect(JSON.stringify(card)).toBe(`{"schemes":{"a":{}}}`);
  });

  test("is refused beyond the depth limit, not followed", () => {
    const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth));
    expect(complaints("Part", { data: nested(40_000) })).toEqual([
      expect.stringMatching(/^data(\[0\])+: nested deeper than 100 levels$/),
    ]);
    expect(complaints("Part", { data: nested(100) })).toEqual([]);
    expect(complaints("Part", { data: nested(101) })).toHaveLength(1);
    expect(complaints("Part", { data: nested(5) }, { maxDepth: 4 })).toHaveLength(1);
    expect(complaints("Message", { ...message, metadata: { a: nested(40_000) } })).toHaveLength(1);
    expect(complaints("Message", nested(40_000))).toEqual([": expected an object, got array"]);
  });

  test("is JSON and nothing else", () => {
    expect(complaints("Part", { data: { a: JSON.parse("1e999") } })).toEqual([
      "data.a: expected a finite number",
    ]);
    expect(complaints("Part", { data: [1n] })).toEqual(["data[0]: expected a JSON value, got bigint"]);
    const loop: unknown[] = [];
    loop.push(loop);
    expect(complaints("Part", { data: loop })).toHaveLength(1);
    expect(complaints("Message", { ...message, metadata: [1] })).toEqual([
      "metadata: expected an object, got array",
    ]);
  });
});

describe("violations", () => {
  test("name the place, all of them at once", () => {
    const parts = [{ text: "ok" }, { text: 1 }, { data: { "a.b": { c: [Number.NaN] } } }];
    expect(complaints("SendMessageRequest", { message: { ...message, parts, taskId: 5 } })).toEqual([
      "message.parts[1].text: expected a string, got number",
      'message.parts[2].data["a.b"].c[0]: expected a finite number',
      "message.taskId: expected a string, got number",
    ]);
  });

  test("are limited in number", () => {
    const parts = Array.from({ length: 1000 }, () => ({}));
    expect(complaints("Message", { ...message, parts })).toHaveLength(violationLimit);
  });

  test("are thrown as one error", () => {
    const thrown = catchError(() => check("Message", { ...message, messageId: 5, taskId: 6 }));
    expect(thrown.reason).toBe("INVALID_PARAMS");
    expect(thrown.message).toBe("messageId: expected a string, got number (and 1 more)");
    expect(thrown.violations).toHaveLength(2);
    const answer = catchError(() => check("Task", [], { mode: "response" }));
    expect(answer.reason).toBe("INVALID_AGENT_RESPONSE");
    expect(answer.message).toBe("Task: expected an object, got array");
  });

  test("repeat no more of the input than is useful", () => {
    const [complaint] = complaints("Message", { ...message, role: "x".repeat(10_000) });
    expect(complaint?.length).toBeLessThan(150);
  });

  test.each([null, undefined, 5, "x", [], true])("a message cannot be %j", (value) => {
    expect(complaints("GetExtendedAgentCardRequest", value)).toHaveLength(1);
  });
});

describe("cards", () => {
  const iface = { url: "https://a.example/", protocolBinding: "JSONRPC", protocolVersion: "1.0" };

  test("are checked strictly when published", () => {
    const fields = complaints("AgentCard", { name: "x", supportedInterfaces: [], skills: [{}] });
    expect(fields).toEqual(
      expect.arrayContaining([
        "supportedInterfaces: must not be empty",
        "skills[0].id: required",
        "capabilities: required",
        "defaultInputModes: required",
      ]),
    );
  });

  test("are read leniently: what is broken or missing counts as unset", () => {
    const card = {
      name: 5,
      supportedInterfaces: [
        { ...iface, tenant: 5 },
        { protocolBinding: "JSONRPC" },
        "x",
        { ...iface, url: "" },
      ],
      capabilities: { streaming: "yes", pushNotifications: true },
      securitySchemes: {
        later: { quantumSecurityScheme: {} },
        broken: { oauth2SecurityScheme: {} },
        tls: { mtlsSecurityScheme: {} },
      },
      skills: [{ id: "s", tags: "x" }, 5],
    };
    expect(check("AgentCard", card, { mode: "lenient" })).toStrictEqual({
      name: "",
      description: "",
      version: "",
      supportedInterfaces: [iface, { ...iface, url: "" }],
      capabilities: { pushNotifications: true },
      securitySchemes: { tls: { mtlsSecurityScheme: {} } },
      defaultInputModes: [],
      defaultOutputModes: [],
      skills: [{ id: "s", name: "", description: "", tags: [] }],
    });
  });

  test("are of no use without interfaces", () => {
    expect(complaints("AgentCard", { name: "x" }, { mode: "lenient" })).toEqual([
      "supportedInterfaces: required",
    ]);
    expect(complaints("AgentCard", { supportedInterfaces: 5 }, { mode: "lenient" })).toEqual([
      "supportedInterfaces: expected an array, got number",
    ]);
    expect(complaints("AgentCard", "x", { mode: "lenient" })).toEqual([": expected an object, got string"]);
  });
});

function catchError(run: () => unknown): A2AError {
  try {
    run();
  } catch (error) {
    if (error instanceof A2AError) return error;
  }
  throw new Error("no A2AError was thrown");
}
