import { expect, test } from "vitest";
import { check, paramsToJson } from "../../src/codec/index.js";
import { A2AError, type MessageName } from "../../src/protocol/index.js";

/** As a request of the HTTP+JSON binding is read. */
const fromParams = (name: MessageName, params: Iterable<readonly [string, string]>) =>
  check(name, paramsToJson(name, params));

test("parameters become fields of their types", () => {
  const query = new URLSearchParams(
    "contextId=c1&status=TASK_STATE_WORKING&page_size=20&includeArtifacts=true&statusTimestampAfter=2023-10-27T12:00:00%2B02:00&utm=x",
  );
  expect(fromParams("ListTasksRequest", query)).toStrictEqual({
    contextId: "c1",
    status: "TASK_STATE_WORKING",
    pageSize: 20,
    includeArtifacts: true,
    statusTimestampAfter: "2023-10-27T10:00:00.000Z",
  });
});

test("empty parameters are unset, of repeated ones the last counts", () => {
  const query = new URLSearchParams(
    "historyLength=&historyLength=1&historyLength=2&status=&includeArtifacts=false",
  );
  expect(fromParams("ListTasksRequest", query)).toStrictEqual({ historyLength: 2, includeArtifacts: false });
});

test("lists are repeated parameters or have commas", () => {
  const query = new URLSearchParams("acceptedOutputModes=text/plain,image/png&acceptedOutputModes=text/csv");
  expect(fromParams("SendMessageConfiguration", query)).toStrictEqual({
    acceptedOutputModes: ["text/plain", "image/png", "text/csv"],
  });
});

test.each([
  ["pageSize=0", "pageSize"],
  ["pageSize=x", "pageSize"],
  ["pageSize=1.5", "pageSize"],
  ["historyLength=-1", "historyLength"],
  ["status=working", "status"],
  ["includeArtifacts=1", "includeArtifacts"],
  ["statusTimestampAfter=today", "statusTimestampAfter"],
])("%s is refused", (query, field) => {
  const attempt = () => fromParams("ListTasksRequest", new URLSearchParams(query));
  expect(attempt).toThrow(A2AError);
  expect(attempt).toThrow(
    expect.objectContaining({ reason: "INVALID_PARAMS", violations: [expect.objectContaining({ field })] }),
  );
});

test("required fields are required here too, and objects cannot be parameters", () => {
  expect(() => fromParams("GetTaskRequest", [["id", ""]])).toThrow("id: required");
  expect(() =>
    fromParams("CancelTaskRequest", [
      ["id", "t"],
      ["metadata", "{}"],
    ]),
  ).toThrow("metadata: expected an object, got string");
  expect(() =>
    fromParams("GetTaskRequest", [
      ["__proto__", "x"],
      ["id", "t"],
    ]),
  ).not.toThrow();
});
