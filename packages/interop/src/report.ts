/** docs/interop.md: a section for each peer, replaced when the peer takes part in a run. */
import { cells } from "./cells.js";
import { type Known, knownFor, type Outcome } from "./known.js";
import { bindingsOf, lack, type Pair, pairsWith } from "./matrix.js";
import { type Peer, us } from "./peers.js";

export interface Record {
  readonly date: string;
  readonly commit: string;
}

const preamble = `# Parley and the SDKs of others

Made by \`npm run interop -- --write\`: each SDK comes from its registry in the version named, runs as a process of
its own, and is used as its documentation says; what a cell tries is in \`packages/interop/src/cells.ts\`.
✓ holds, ✗ does not (the number says why), – cannot be tried: the SDK has no call for it, or the version no words.

Not among them, because Maven Central answers “could not find artifact”: the Java SDK of 1.0
(\`org.a2aproject.sdk:a2a-java-sdk-client:1.2.0.Final\`, and 1.0.0.Final; of 1.0 it has 1.0.0.Alpha3, whose client speaks a
draft and whose servers are missing), and the gRPC server of the Java SDK of 0.3 (\`a2a-java-sdk-reference-grpc\`).
`;

const heading = /^## /m;

/** The document with the sections of this run in place of older ones, sections by name. */
export function written(document: string, sections: ReadonlyMap<string, string>): string {
  const kept = document.split(heading).slice(1);
  const all = new Map(kept.map((section) => [section.split("\n", 1)[0] ?? "", section.trimEnd()]));
  for (const [name, section] of sections) all.set(name, section);
  const sorted = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${[preamble.trimEnd(), ...sorted.map(([, section]) => `## ${section}`)].join("\n\n")}\n`;
}

export function section(
  peer: Peer,
  outcomes: readonly Outcome[],
  known: readonly Known[],
  { date, commit }: Record,
): string {
  const columns = pairsWith(peer).flatMap((pair) => bindingsOf(pair).map((binding) => ({ pair, binding })));
  const notes: string[] = [];
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
    return notes.indexOf(text) + 1;
  };
  const rows = cells.map(({ id, protocols }) => {
    const marks = columns.map(({ pair, binding }) => {
      if (protocols && !protocols.includes(pair.protocol)) return "–";
      const why = lack(pair, id);
      if (why !== undefined) return `– ${note(why)}`;
      const { client, server } = { client: pair.client.name, server: pair.server.name };
      const place = { client, server, binding, cell: id };
      const outcome = outcomes.find(
        (each) =>
          each.client === client && each.server === server && each.binding === binding && each.cell === id,
      );
      if (outcome === undefined) return "?";
      if (outcome.failure === undefined) return "✓";
      const entry = knownFor(known, place);
      return `✗ ${note(entry ? `Fault: ${entry.fault}. ${entry.why}` : outcome.failure)}`;
    });
    return `| ${[id, ...marks].join(" | ")} |`;
  });
  return [
    peer.name,
    "",
    `\`${peer.package}\`, A2A ${peer.protocols.join(" and ")}. Tried on ${date} with Parley at ${commit}.`,
    "",
    `| | ${columns.map(({ pair, binding }) => `${direction(pair)}, ${binding}`).join(" | ")} |`,
    `| --- |${columns.map(() => " --- |").join("")}`,
    ...rows,
    ...(notes.length > 0 ? ["", ...notes.map((text, index) => `${index + 1}. ${text}`)] : []),
  ].join("\n");
}

const direction = ({ client }: Pair): string => (client.name === us ? "our client" : "our server");
