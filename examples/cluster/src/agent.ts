/** The agent that the cluster runs: it bills once, then writes a report line by line and takes its time. */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, artifact, defineAgent, type Task, text, working } from "@parley/a2a";

export interface ReportSettings {
  /** The name of the node that it runs on. */
  readonly node: string;
  readonly lines: number;
  readonly pauseMillis: number;
  /** The file that stands for a payment service: a line for each bill. */
  readonly bills: string;
}

/** The lines of a report, of the whole or of what was added to it. */
export function linesOf({ artifacts = [] }: Pick<Task, "artifacts">): string[] {
  return artifacts
    .flatMap(({ parts }) => parts.map((part) => part.text ?? ""))
    .join("")
    .split("\n")
    .slice(0, -1);
}

export function reportAgent({ node, lines, pauseMillis, bills }: ReportSettings): Agent {
  return defineAgent({
    card: {
      name: "Report writer",
      description: "Writes a long report, line by line.",
      version: "1.0.0",
      skills: [{ id: "report", name: "Report", description: "Writes a report.", tags: ["demonstration"] }],
    },
    // When its node dies, another one begins a task again.
    resumable: true,
    async *execute(_, context) {
      yield working(`Node ${node} ${context.resumed ? "goes on with" : "begins"} the report`);
      // What was done once is not done again then.
      await context.once("bill", () => appendFile(bills, `${context.taskId}\n`));
      // And what was written is in the task, so this run goes on after it.
      for (let line = linesOf(context.task).length + 1; line <= lines; line++) {
        await sleep(pauseMillis, undefined, { signal: context.signal });
        const content = text(`Line ${line}, written on node ${node}\n`);
        yield artifact("report", content, { append: line > 1, lastChunk: line === lines });
      }
    },
  });
}
