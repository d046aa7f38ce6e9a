import { describe, expect, it } from "vitest";
import { without } from "../../src/compat/without.js";

describe("a copy without some members", () => {
  it("has all others, unknown ones too", () => {
    const value = { kind: "message", message_id: "1", role: "user", final: null };
    expect(without(value, "kind", "role")).toStrictEqual({ message_id: "1", final: null });
    expect(value).toHaveProperty("kind", "message");
  });

  it("takes no prototype from what was sent", () => {
    const copy = without(JSON.parse('{"__proto__":{"role":"user"},"messageId":"1"}'), "kind");
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy).toStrictEqual({ messageId: "1" });
  });
});
