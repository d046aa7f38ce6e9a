/** Runs one fault in a scene of its own, and says what came of it. */
import { type Fault, Unable } from "./fault.js";
import { Scene, type SceneOptions } from "./rig/scene.js";

export interface Report {
  readonly fault: Fault;
  readonly broken: string | undefined;
  readonly seconds: number;
  readonly figures: string;
  /** Each way in which the promise did not hold. */
  readonly wrong: readonly string[];
  /** Why it was not run. */
  readonly unable?: string;
}

export async function run(fault: Fault, options: SceneOptions): Promise<Report> {
  const scene = new Scene(options);
  const began = performance.now();
  const report = { fault, broken: options.broken };
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const onSignal = () => void scene.close().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  try {
    const { figures, wrong } = await inTime(fault.run(scene), scene.size(longest.full, longest.short));
    const shown = Object.entries(figures).map(([name, figure]) => `${name} ${figure.toLocaleString("en")}`);
    return { ...report, figures: shown.join(", "), wrong, seconds: seconds() };
  } catch (error) {
    if (error instanceof Unable)
      return { ...report, figures: "", wrong: [], unable: error.message, seconds: 0 };
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...report, figures: "", wrong: [told], seconds: seconds() };
  } finally {
    await scene.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** How long one fault may take, in milliseconds: what hangs has failed. */
const longest = { full: 60 * 60_000, short: 4 * 60_000 };

async function inTime<T>(work: Promise<T>, millis: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${millis / 60_000} minutes`)), millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether it came out as it must: a broken build has to be found out. */
export const asItMust = ({ broken, wrong, unable }: Report): boolean =>
  unable !== undefined || (broken === undefined) === (wrong.length === 0);
