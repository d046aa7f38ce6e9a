/** The agent that the cluster runs: it bills once, then writes a report line by line and takes its time. */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, artifact, defineAgent, text, working } from "@parley/a2a";

export interface ReportSettings {
  /** The name of the node that it runs on. */
  readonly node: string;
  readonly lines: number;
  readonly pauseMillis: number;
  /** The file that stands for a payment service: a line for each bill. */
  readonly bills: string;
}

export const reportId = "report";

export function reportAgent({ node, lines, pauseMillis, bills }: ReportSettings): Agent {
  return defineAgent({
    card: {
      name: "Report writer",
      description: "Writes a long report, line by line.",
      version: "1.0.0",
      skills: [{ id: "report", name: "Report", description: "Writes a report.", tags: ["demonstration"] }],
    },
    async *execute(_, context) {
      yield working(`Node ${node} writes the report`);
      await appendFile(bills, `${context.taskId}\n`);
      // What an earlier run wrote is in the task, wherever that run was: this one goes on after it.
      const report = context.task.artifacts?.find(({ artifactId }) => artifactId === reportId);
      for (let line = (report?.parts.length ?? 0) + 1; line <= lines; line++) {
        await sleep(pauseMillis, undefined, { signal: context.signal });
        const content = text(`Line ${line}, written on node ${node}`);
        yield artifact(reportId, content, { append: line > 1, lastChunk: line === lines });
      }
    },
  });
}
