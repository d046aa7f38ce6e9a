/** What `npm run faults` runs. */
import { parseArgs } from "node:util";
import { faults } from "./faults/index.js";
import { asItMust, type Report, run } from "./run.js";
import { table } from "./table.js";

const usage = `Usage: npm run faults -- [options]
  --only <name>   only this fault; may be given several times: ${faults.map(({ name }) => name).join(", ")}
  --short         less of everything, for CI
  --broken        with deliberately broken builds, each of which must be found out
  --seed <number> the random numbers of an earlier run`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    short: { type: "boolean", default: false },
    broken: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    help: { type: "boolean", default: false },
  },
});
const unknown = values.only.find((name) => !faults.some((fault) => fault.name === name));
if (values.help || unknown !== undefined) {
  console.log(unknown === undefined ? usage : `There is no fault ${unknown}.\n${usage}`);
  process.exit(unknown === undefined ? 0 : 2);
}

const reports: Report[] = [];
console.log(`Seed ${values.seed}`);
for (const fault of faults) {
  if (values.only.length > 0 && !values.only.includes(fault.name)) continue;
  for (const broken of values.broken ? fault.broken : [undefined]) {
    const title = broken === undefined ? fault.name : `${fault.name}, with a node that ${broken}`;
    const say = (line: string) => console.log(`  ${line}`);
    console.log(`${title} …`);
    const report = await run(fault, { short: values.short, seed: Number(values.seed), broken, say });
    reports.push(report);
    say(`${report.unable ?? report.figures} (${report.seconds} s)`);
    const told = broken === undefined ? 20 : 1;
    for (const wrong of report.wrong.slice(0, told))
      say(`${broken === undefined ? "WRONG: " : "found out: "}${wrong.slice(0, 600)}`);
    if (report.wrong.length > told) say(`and ${report.wrong.length - told} more`);
  }
}

const verdict = (report: Report) => {
  if (report.unable !== undefined) return "not run";
  if (report.broken !== undefined) return report.wrong.length > 0 ? "found out" : "NOT FOUND OUT";
  return report.wrong.length > 0 ? "BROKEN" : "holds";
};
const rows = reports.map((report) => [
  report.fault.name,
  report.broken ?? report.fault.target,
  report.unable ?? report.figures,
  verdict(report),
]);
console.log(`\n${table(["fault", values.broken ? "broken build" : "target", "measured", "verdict"], rows)}`);
const skipped = reports.filter(({ unable }) => unable !== undefined).length;
const failed = reports.filter((report) => !asItMust(report)).length;
console.log(`\n${reports.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
