/** The outgoing client is asked for addresses that are not for peers to reach, in every spelling: it connects to none. */
import { lookup } from "node:dns/promises";
import { createServer, request as requestOf } from "node:http";
import { type AddressInfo, isIP, type LookupFunction } from "node:net";
import { createOutgoing, type Outgoing } from "@parley/a2a/outgoing";
import type { Fault } from "../fault.js";
import { watchConnections } from "../rig/connections.js";
import type { Scene } from "../rig/scene.js";
import { allowedAddress, allowedHost, isLoopback, redirects, type Vector, vectors } from "./ssrf-vectors.js";

/** Makes a GET or a POST. */
type Ask = (method: "GET" | "POST", url: string) => Promise<unknown>;

const careless = "looks at the URL and not at what it leads to";

export const ssrf: Fault = {
  name: "ssrf",
  promise: "SSRF",
  target: "at least 150 URL, DNS and redirect vectors: 0 connections to blocked ranges",
  broken: [careless],
  async run(scene) {
    const secret = await listen(scene, () => ({ status: 200 }));
    let redirect = { status: 302, location: "" };
    const door = await listen(scene, () => redirect);
    const connections = watchConnections();
    scene.atEnd(() => connections.stop());
    const wrong: string[] = [];
    let tried = 0;
    async function attempt(vector: Vector, expected: readonly string[]): Promise<void> {
      const outgoing = createOutgoing({
        allow: [allowedHost, allowedAddress],
        resolve: resolver(vector),
        timeoutMs: 2000,
      });
      const ask = scene.broken === careless ? carelessly(outgoing, vector) : carefully(outgoing);
      for (const method of ["GET", "POST"] as const) {
        tried++;
        const answer = await ask(method, vector.url).then(
          () => "an answer",
          () => undefined,
        );
        const bad = connections.take().filter((to) => !expected.includes(to));
        const said = `${method} ${vector.url} ${vector.answers ? JSON.stringify(vector.answers) : ""} ${JSON.stringify(redirect)}`;
        if (bad.length > 0) wrong.push(`${said} connected to ${bad}`);
        else if (answer && !expected.length) wrong.push(`${said} got ${answer}`);
      }
      outgoing.close();
    }
    const all = vectors(secret).filter((vector) => scene.broken === undefined || staysHere(vector));
    for (const vector of all) await attempt(vector, [`${allowedAddress}:${secret}`]);
    const leads = redirects(secret).filter(
      ({ location }) => scene.broken === undefined || location.includes(`:${secret}/`),
    );
    for (redirect of leads) {
      const vector = { url: `http://${allowedHost}:${door}/`, answers: [["127.0.0.1"]] };
      await attempt(vector, [`127.0.0.1:${door}`]);
    }
    // The watch itself must see what there is to see.
    const outgoing = createOutgoing({ allowPrivate: true });
    await outgoing.get(`http://127.0.0.1:${secret}/`).then(({ discard }) => discard());
    outgoing.close();
    if (connections.take().length !== 1) wrong.push("connections are not seen");
    return {
      figures: { vectors: all.length + leads.length, requests: tried, connections: wrong.length },
      wrong,
    };
  },
};

async function listen(scene: Scene, answer: () => { status: number; location?: string }): Promise<number> {
  const server = createServer((_, response) => {
    const { status, ...headers } = answer();
    response.writeHead(status, headers).end();
  });
  await new Promise<void>((listening) => server.listen(0, listening));
  scene.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The name server of one vector. */
function resolver({ answers = [] }: Vector) {
  let asked = 0;
  return async (name: string) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)];
    if (addresses === undefined) return lookup(name, { all: true });
    return addresses.map((address) => ({ address, family: isIP(address) }));
  };
}

function carefully(outgoing: Outgoing): Ask {
  return async (method, url) => {
    if (method === "GET") return (await outgoing.get(url)).discard();
    await outgoing.post(url, { headers: {}, body: "{}", timeoutMs: 2000 });
  };
}

/** What a webhook sender easily is: the URL is looked at when it is given, and then anything goes. */
function carelessly({ post }: Outgoing, vector: Vector): Ask {
  const resolve = resolver(vector);
  const lookUp: LookupFunction = (name, _, callback) => {
    resolve(name).then(
      (addresses) => callback(null, addresses),
      (error: Error) => callback(error, ""),
    );
  };
  return async function ask(method, text) {
    const url = new URL(text.replace(/^https:/, "http:"));
    if (post.objection?.(text) !== undefined && url.hostname !== allowedHost) throw new Error("refused");
    const location = await new Promise<string | undefined>((answered, failed) => {
      const request = requestOf(url, { method, lookup: lookUp, agent: false }, (response) => {
        response.resume();
        answered(response.headers.location);
      });
      request.on("error", failed).end();
    });
    if (location !== undefined) await fetch(new URL(location, url), { redirect: "manual" });
  };
}

/** Whether nothing leaves this machine even when nobody looks. */
function staysHere({ url, answers }: Vector): boolean {
  if (answers) return answers.flat().every(isLoopback);
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ""));
}
