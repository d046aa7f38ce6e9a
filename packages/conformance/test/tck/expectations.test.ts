import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readExpectations } from "../../src/tck/index.js";

const file = readFileSync(new URL("../../tck-expected.json", import.meta.url), "utf8");

const failure = {
  id: "CORE-SEND-003",
  bindings: ["jsonrpc"],
  profiles: ["all"],
  errors: ["not accepted"],
  spec: ["3.1.1"],
  reason: "Long enough for a sentence that says why.",
};
const skip = { skip: "TestX.test_y", reason: failure.reason };
const commit = "0123456789012345678901234567890123456789";
const read = (changes: object) =>
  readExpectations(JSON.stringify({ "1.0": { commit, failures: [failure], skips: [skip], ...changes } })).get(
    "1.0",
  );

describe("expectations of the kit", () => {
  it.each([...readExpectations(file)])("for %s are well-formed, each failure and skip once", (_, kit) => {
    const { failures, skips } = kit;
    const names = [
      ...failures.flatMap(({ id, bindings, profiles, errors }) =>
        bindings.flatMap((binding) =>
          profiles.flatMap((profile) => errors.map((error) => [id, binding, profile, error].join())),
        ),
      ),
      ...skips.map(({ skip }) => skip),
    ];
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  it("take what is well-formed", () => {
    expect(read({})).toEqual({ commit, failures: [failure], skips: [skip] });
    expect(read({ failures: [{ ...failure, id: "test_x.TestX.test_y[grpc]" }] })?.failures).toHaveLength(1);
  });

  it.each([
    ["commit", { commit: "main" }],
    ["neither", { failures: [{ ...failure, id: "something" }] }],
    ["bindings", { failures: [{ ...failure, bindings: [] }] }],
    ["bindings", { failures: [{ ...failure, bindings: ["soap"] }] }],
    ["bindings", { failures: [{ ...failure, bindings: ["grpc", "grpc"] }] }],
    ["profiles", { failures: [{ ...failure, profiles: ["some"] }] }],
    ["errors", { failures: [{ ...failure, errors: [] }] }],
    ["errors", { failures: [{ ...failure, errors: [""] }] }],
    ["spec", { failures: [{ ...failure, spec: [] }] }],
    ["spec", { failures: [{ ...failure, spec: ["somewhere"] }] }],
    ["reason", { failures: [{ ...failure, reason: "because" }] }],
    ["skip", { skips: [{ skip: "", reason: failure.reason }] }],
    ["skip", { skips: [{ ...skip, reason: "" }] }],
  ])("refuse a wrong %s: %j", (what, changes) => {
    expect(() => read(changes)).toThrow(what);
  });
});
