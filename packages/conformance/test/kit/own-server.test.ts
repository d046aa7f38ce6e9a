/** On our own server every check passes. */
import { describe, expect, it } from "vitest";
import {
  cardChecks,
  currentChecks,
  examine,
  firstChecks,
  oldChecks,
  type Report,
} from "../../src/kit/index.js";
import { words } from "./agents.js";
import { signedCard } from "./signed-card.js";
import { stand } from "./stand.js";
import { type Variant, variants } from "./variants.js";

const reports: Report[] = [];

const everywhere = [
  "GRPC 0.3",
  "GRPC 1.0",
  "HTTP+JSON 0.3",
  "HTTP+JSON 1.0",
  "JSONRPC 0.1",
  "JSONRPC 0.3",
  "JSONRPC 1.0",
  "card",
];

describe("our own server", { timeout: 60_000 }, () => {
  it.each(Object.entries<Variant>(variants))("fails no check: %s", async (_, { agent, options, kit }) => {
    const server = await stand(agent(), options);
    try {
      const report = await examine({ url: server.url }, kit);
      reports.push(report);
      expect(report.results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      const checked = new Set(report.results.map(({ subject }) => subject));
      expect([...checked].sort()).toEqual(everywhere);
      expect(report.incomplete).toBe(false);
    } finally {
      await server.close();
    }
  });

  it("fails no check where the interface has a tenant, which is sent with every call", async () => {
    const { agent, options, kit } = variants.bare as Variant;
    const server = await stand(agent(), options);
    try {
      const card = (await (await fetch(server.url)).json()) as { supportedInterfaces: object[] };
      const tenant = "acme/north";
      const supportedInterfaces = card.supportedInterfaces.map((each) => ({ ...each, tenant }));
      const seen = new Set<string>();
      server.sabotage = {
        dispatch: ({ request, call }, next) => {
          seen.add(`${call.binding} ${call.tenant ?? request.tenant}`);
          return next();
        },
      };
      const document = { ...card, supportedInterfaces };
      const report = await examine({ document, origin: "card.json" }, { ...kit, version: "1.0" });
      expect(report.results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      expect([...seen].sort()).toEqual([`GRPC ${tenant}`, `HTTP+JSON ${tenant}`, `JSONRPC ${tenant}`]);
    } finally {
      await server.close();
    }
  });

  it.each(["1.0", "0.3", "0.1"])("leaves no task unfinished in %s", async (version) => {
    const { agent, options } = variants.all as Variant;
    const server = await stand(agent(), options);
    try {
      await examine({ url: server.url }, { says: { echo: words.ask }, version });
      const all = new URL("/tasks?pageSize=100", server.url);
      const answer = await fetch(all, { headers: { "a2a-version": "1.0" } });
      const { tasks } = (await answer.json()) as { tasks: { status: { state: string } }[] };
      expect(tasks).not.toEqual([]);
      const open = tasks.filter(({ status }) => !/COMPLETED|CANCELED/.test(status.state));
      expect(open).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it("fails no check of a card that is signed and online", async () => {
    const report = await examine(
      { document: signedCard, origin: "card.json" },
      { only: (id) => id.startsWith("card.") },
    );
    reports.push(report);
    expect(report.results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  });

  it("needs nothing but an answer to an echo-like message, and says what it could not test", async () => {
    const { agent, options } = variants.bare as Variant;
    const server = await stand(agent(), options);
    try {
      const { results } = await examine({ url: server.url });
      expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      const reasons = results.flatMap(({ reason }) => reason ?? []);
      expect(reasons.filter((reason) => reason.includes("--ask"))).not.toEqual([]);
      expect(reasons.filter((reason) => reason.includes("--slow"))).not.toEqual([]);
      expect(reasons).toContain("the card declares no streaming");
    } finally {
      await server.close();
    }
  });

  it("has by then shown every check its opportunity", () => {
    const passed = new Set(
      reports.flatMap(({ results }) =>
        results.flatMap(({ check, outcome }) => (outcome === "passed" ? [check] : [])),
      ),
    );
    const all = [...cardChecks, ...currentChecks, ...oldChecks, ...firstChecks].map(({ id }) => id);
    expect(all.filter((id) => !passed.has(id))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });
});
