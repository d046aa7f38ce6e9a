/**
 * The form of a requirement: one normative sentence of the specification (v1.0.1) in our words, and what shows
 * that Parley holds it. The chapters beside this file list them; `requirements.test.ts` checks the lists.
 */

export type Level = "MUST" | "SHOULD";

/** Who has to hold it: our server, our client, who writes an agent, who writes an application, who runs a server. */
export type Side = "server" | "client" | "agent" | "application" | "operator" | "both" | "others";

/** A test by the file it is in and its name: `describe > it`, written as `named-tests.ts` reads it. */
export interface TestName {
  readonly file: string;
  readonly name: string;
}

/** Why a requirement needs no test of ours. */
export interface Excused {
  /** `elsewhere`: ours, but not of this protocol surface. `notOurs`: no code of ours could hold or break it. */
  readonly where: "elsewhere" | "notOurs";
  readonly reason: string;
}

export interface Requirement {
  /** Section and a letter; comments of the proto file are of section "proto". */
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly side: Side;
  readonly says: string;
  readonly shown: readonly TestName[] | Excused;
  /** How many normative keywords of its section it stands for; 0 where the sentence has none, as in lists of errors. */
  readonly keywords: number;
}

const of =
  (level: Level) =>
  (id: string, side: Side, says: string, shown: Requirement["shown"], keywords = 1): Requirement => ({
    id,
    section: id.replace(/\.?[a-z]$/, ""),
    level,
    side,
    says,
    shown,
    keywords,
  });

/** MUST, MUST NOT, SHALL. */
export const must = of("MUST");
/** SHOULD, SHOULD NOT. */
export const should = of("SHOULD");

export const elsewhere = (reason: string): Excused => ({ where: "elsewhere", reason });
export const notOurs = (reason: string): Excused => ({ where: "notOurs", reason });

/** Names tests of one file. */
export const testsIn =
  (file: string) =>
  (...names: readonly string[]): readonly TestName[] =>
    names.map((name) => ({ file, name }));
