import { describe, expect, it } from "vitest";
import { matchRoute, toQuery, toRoute } from "../../src/bindings/http-json/routes.js";
import { A2AError, type Operation, operations } from "../../src/protocol/index.js";

const rows = Object.values<Operation>(operations);
const values: Record<string, string> = { id: "a/b:c %ü", taskId: "task:cancel", tenant: "tasks" };

function caught(act: () => unknown): A2AError {
  try {
    act();
  } catch (error) {
    if (error instanceof A2AError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("routes are read back as they were built", () => {
  for (const operation of rows) {
    for (const route of operation.routes) {
      for (const tenant of [undefined, "acme", "tasks", "a/b"]) {
        it(`${operation.name}: ${route.verb} ${route.path}, tenant ${tenant}`, () => {
          const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
          const fields = Object.fromEntries(names.map((name) => [name, values[name]]));
          const built = toRoute(operation, { ...fields, tenant, historyLength: 2 }, route);
          const { historyLength, ...rest } = built.rest;
          expect(historyLength).toBe(2);
          const match = matchRoute(built.verb, built.path);
          expect(match.operation).toBe(operation);
          expect({ tenant: match.tenant, ...match.fields, ...rest }).toEqual({ ...fields, tenant });
        });
      }
    }
  }
});

describe("matchRoute", () => {
  it("lets unprefixed routes win over tenants of the same name (11.3)", () => {
    expect(matchRoute("GET", "/tasks/tasks")).toMatchObject({ tenant: undefined, fields: { id: "tasks" } });
    expect(matchRoute("POST", "/tasks/message:send")).toMatchObject({ tenant: "tasks" });
    expect(matchRoute("GET", "/tasks/1:subscribe").operation.name).toBe("SubscribeToTask");
    expect(matchRoute("GET", "/tasks/1%3Asubscribe").operation.name).toBe("GetTask");
  });

  it.each([
    ["GET", "/nothing"],
    ["GET", "/"],
    ["GET", "/tasks/"],
    ["GET", "/a/b/tasks"],
    ["GET", "//tasks"],
    ["POST", "/message:sends"],
    ["POST", "/message%3Asend"],
  ])("%s %s is not found", (verb, path) => {
    expect(caught(() => matchRoute(verb, path)).reason).toBe("METHOD_NOT_FOUND");
  });

  it.each([
    ["GET", "/message:send", "POST"],
    ["DELETE", "/acme/tasks/1", "GET"],
    ["PUT", "/tasks/1:subscribe", "GET, POST"],
    ["PATCH", "/tasks/1/pushNotificationConfigs", "GET, POST"],
    ["get", "/tasks", "GET"],
  ])("%s %s is not allowed, %s is", (verb, path, allow) => {
    const error = caught(() => matchRoute(verb, path));
    expect(error.reason).toBe("METHOD_NOT_ALLOWED");
    expect(error.metadata.allow).toBe(allow);
  });

  it.each(["/tasks/%", "/tasks/%zz", "/tasks/%ff", "/%c3/tasks"])("refuses the escapes of %s", (path) => {
    expect(caught(() => matchRoute("GET", path)).reason).toBe("INVALID_REQUEST");
  });
});

describe("toRoute", () => {
  it.each([undefined, "", ".", "..", "\ud800", 7])("refuses the id %j", (id) => {
    const error = caught(() => toRoute(operations.GetTask, { id }));
    expect(error.reason).toBe("INVALID_PARAMS");
    expect(error.violations[0]?.field).toBe("id");
  });

  it("sends a tenant that reads as a route beside the path", () => {
    expect(toRoute(operations.ListTasks, { tenant: "tasks" })).toMatchObject({
      path: "/tasks",
      rest: { tenant: "tasks" },
    });
    expect(toRoute(operations.SendMessage, { tenant: "tasks" })).toMatchObject({
      path: "/tasks/message:send",
      rest: {},
    });
  });

  it("drops an empty tenant", () => {
    expect(toRoute(operations.ListTasks, { tenant: "", pageSize: 1 })).toEqual({
      verb: "GET",
      path: "/tasks",
      rest: { pageSize: 1 },
    });
  });
});

describe("toQuery", () => {
  it("writes scalars, repeats lists and escapes (11.5)", () => {
    expect(
      toQuery({ contextId: "a&b", includeArtifacts: true, pageSize: 5, tag: ["x", "y"], none: undefined }),
    ).toBe("contextId=a%26b&includeArtifacts=true&pageSize=5&tag=x&tag=y");
    expect(caught(() => toQuery({ filter: {} })).violations[0]?.field).toBe("filter");
  });
});
