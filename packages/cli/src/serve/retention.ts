/** When the agent of `parley serve` folds and removes tasks that have ended. */
import type { ServeOptions } from "@parley/a2a/node";
import { type Config, optionRow, parseValue } from "../config/index.js";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";
import { readText, wordsOfLines } from "./files.js";

type Retention = NonNullable<ServeOptions["retention"]>;
type Policy = NonNullable<Retention["tenants"]>[string];

/** A tenant's policy is said in the words of the flags; what they mean to the server, and how nothing is said to be done. */
const words = {
  "compact-after": { member: "compactAfterMillis", not: "never" },
  "expire-after": { member: "expireAfterMillis", not: "never" },
  "keep-per-owner": { member: "keepPerOwner", not: "all" },
} as const;

/** @throws Failure A2ACLI_ERR_USAGE, also when it is told how often, but not what */
export async function toRetention(config: Config, io: Io): Promise<Retention> {
  const [compactAfterMillis, expireAfterMillis] = [config.get("compact-after"), config.get("expire-after")];
  const [keepPerOwner, everyMillis] = [config.get("keep-per-owner"), config.get("sweep-every")];
  const tenants = await tenantsOf(config, io);
  const policies = { compactAfterMillis, expireAfterMillis, keepPerOwner, ...(tenants && { tenants }) };
  if (everyMillis !== undefined && Object.values(policies).every((value) => value === undefined))
    throw usage(
      "--sweep-every needs --compact-after, --expire-after, --keep-per-owner or --tenant-retention",
    );
  if (everyMillis !== undefined && (everyMillis < 1 || everyMillis > 2 ** 31 - 1))
    throw usage("--sweep-every must be from 1ms to 596h");
  return { ...policies, everyMillis };
}

/** One `tenant name=value …` per line. */
async function tenantsOf(config: Config, io: Io): Promise<Retention["tenants"]> {
  const path = config.get("tenant-retention");
  if (path === undefined) return undefined;
  const tenants = new Map<string, Policy>();
  for (const { number, words: said } of wordsOfLines(await readText("--tenant-retention", path, io))) {
    const [tenant = "", ...policies] = said;
    const line = `${path}, line ${number}`;
    if (tenants.has(tenant)) throw usage(`${line}: ${tenant} was there before`);
    tenants.set(tenant, Object.assign({}, ...policies.map((policy) => policyOf(policy, line))));
  }
  if (tenants.size === 0) throw usage(`${path} holds no tenants`);
  return Object.fromEntries(tenants);
}

function policyOf(policy: string, line: string): Policy {
  const [name = "", value = ""] = policy.split("=", 2);
  if (!isWord(name)) throw usage(`${line}: expected ${Object.keys(words).join("=, ")}=, got "${policy}"`);
  const { member, not } = words[name];
  return { [member]: value === not ? false : parseValue(optionRow(name), value, `${line}: ${name}`) };
}

const isWord = (name: string): name is keyof typeof words => Object.hasOwn(words, name);
