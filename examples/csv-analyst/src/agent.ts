/**
 * The CSV analyst as an A2A agent: reads the conversation, reports progress, asks when it cannot tell,
 * and returns a report, statistics and a chart. `main.ts` and `parley serve` put it online.
 */
import {
  type Agent,
  artifact,
  data,
  defineAgent,
  failed,
  file,
  inputRequired,
  rejected,
  text,
  working,
} from "@parley/a2a";
import { allowedByEnvironment, createOutgoing, proxyByEnvironment } from "@parley/a2a/outgoing";
import { toJson } from "./analysis.js";
import { chart } from "./chart.js";
import { fetchThrough } from "./fetch-url.js";
import { report } from "./report.js";
import { type Outcome, run } from "./run.js";
import { type FetchUrl, readConversation } from "./source.js";

const inputModes = [
  "text/plain",
  "text/csv",
  "text/tab-separated-values",
  "application/csv",
  "application/vnd.ms-excel",
  "application/octet-stream",
];
const outputModes = ["text/markdown", "text/plain", "application/json", "image/svg+xml"];

/** The agent, with its way to fetch URLs. */
export function csvAnalyst(fetchUrl: FetchUrl): Agent {
  return defineAgent({
    card: {
      name: "CSV analyst",
      description:
        "Reads a CSV of any size and returns a report in Markdown, statistics of every column as JSON, and a chart as SVG.",
      version: "1.0.0",
      defaultInputModes: inputModes,
      defaultOutputModes: outputModes,
      skills: [
        {
          id: "analyse-csv",
          name: "Analyse a CSV",
          description:
            "Takes a CSV as a file, as text, or as the URL of one, and finds types, missing values, averages, spread, quantiles, frequent values and how things go over time. Asks for the delimiter or the date column when it cannot tell.",
          tags: ["csv", "statistics", "report", "chart"],
          examples: ["Summarise this", "Analyze https://example.com/sales.csv", "Show amount by order_date"],
        },
      ],
    },

    async *execute(_request, context) {
      // All that matters is in the messages, so a restarted server goes on as if nothing had happened.
      const messages = context.history.filter(({ role }) => role === "ROLE_USER");
      const progress = run(readConversation(messages), { fetchUrl, signal: context.signal });
      let outcome: Outcome;
      try {
        for (;;) {
          const { done, value } = await progress.next();
          if (done) {
            outcome = value;
            break;
          }
          yield working(value);
        }
      } finally {
        await progress.return({ kind: "failed", why: "" });
      }
      if (outcome.kind === "question") return inputRequired(outcome.text);
      if (outcome.kind === "failed") return failed(outcome.why);
      if (outcome.kind === "refused") return rejected(`${outcome.why}\n\n${instead}`);
      const { analysis, name } = outcome;
      // Markdown is readable as it stands, so a client that only takes plain text gets it as that.
      const reportType = ["text/markdown", "text/plain"].find((type) => context.accepts(type));
      if (reportType) {
        yield artifact("report", text(report(analysis, name), { mediaType: reportType }), { name: "Report" });
      }
      if (context.accepts("application/json")) {
        const statistics = data(toJson(analysis, name), { mediaType: "application/json" });
        yield artifact("statistics", statistics, { name: "Statistics" });
      }
      if (context.accepts("image/svg+xml")) {
        const svg = file("chart.svg", chart(analysis, name), "image/svg+xml");
        yield artifact("chart", svg, { name: "Chart" });
      }
    },
  });
}

const instead =
  "Send a CSV instead: lines of values separated by commas, semicolons, tabs or pipes, as a file, as text, or as the URL of one.";

/** The agent with the SDK's guarded client: public addresses only, unless PARLEY_ALLOW_PRIVATE is set. */
export const agent = csvAnalyst(
  fetchThrough(createOutgoing({ ...allowedByEnvironment(), ...proxyByEnvironment() })),
);
export default agent;
