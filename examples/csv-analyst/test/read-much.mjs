// Streams generated CSV through the built analysis and prints how far its memory grew. Run by memory.test.ts.
import { run } from "../dist/run.js";

const megabytes = Number(process.argv[2]);
const names = ["North", "South", "East", "West"];

async function* generate() {
  yield Buffer.from("id,day,region,amount,customer,note\n");
  let [sent, id] = [0, 0];
  while (sent < megabytes * 1e6) {
    const lines = [];
    for (let line = 0; line < 1000; line++, id++) {
      const day = new Date(1.7e12 + (id % 700) * 86_400_000).toISOString().slice(0, 10);
      const amount = ((id * 7919) % 100_003) / 100;
      lines.push(
        `${id},${day},${names[id % 4]},${amount},customer-${(id * 31) % 500_009},"note, with ""quotes"" ${id % 50}"\n`,
      );
    }
    const chunk = Buffer.from(lines.join(""));
    sent += chunk.length;
    yield chunk;
  }
}

const before = process.memoryUsage().rss;
let peak = before;
const timer = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20);
const started = performance.now();
const conversation = {
  source: { kind: "url", name: "big.csv", mediaType: "text/csv", url: "https://example.com/big.csv" },
  request: "",
  answers: [],
  notes: [],
};
const steps = run(conversation, { fetchUrl: async () => generate(), signal: new AbortController().signal });
let step = await steps.next();
while (!step.done) step = await steps.next();
clearInterval(timer);
const { kind, analysis } = step.value;
const seconds = (performance.now() - started) / 1000;
console.log(
  JSON.stringify({
    kind,
    rows: analysis?.rows,
    bytes: analysis?.bytes,
    seconds,
    grownMegabytes: (peak - before) / 1e6,
  }),
);
