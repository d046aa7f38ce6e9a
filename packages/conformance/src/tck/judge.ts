/** Whether the kit found what is expected, no more and no less. */
import type { Expectations, ExpectedFailure } from "./expectations.js";
import type { KitRun } from "./report.js";

/** @returns one line for everything that is unexplained or stale; none when all is as expected */
export function judge(runs: ReadonlyMap<string, KitRun>, expectations: Expectations): string[] {
  return [...failures(runs, expectations.failures), ...skips([...runs.values()], expectations)];
}

interface Failure {
  readonly profile: string;
  readonly binding: string;
  readonly id: string;
  readonly errors: readonly string[];
}

function failures(runs: ReadonlyMap<string, KitRun>, expected: readonly ExpectedFailure[]): string[] {
  const found = [...runs].flatMap(([profile, run]) => failuresOf(profile, run));
  const unexplained = found.flatMap((failure) => {
    const { profile, binding, id } = failure;
    const because = expected.filter((entry) => explains(entry, failure));
    const errors = failure.errors.filter(
      (error) => !because.some((entry) => entry.errors.some((part) => error.includes(part))),
    );
    if (because.length > 0 && errors.length === 0) return [];
    return [`unexplained (${profile}, ${binding}): ${id}: ${errors.join("; ")}`];
  });
  const stale = expected.flatMap((entry) =>
    entry.profiles.flatMap((profile) =>
      entry.bindings.flatMap((binding) => {
        const failing = found.filter(
          (failure) => failure.profile === profile && failure.binding === binding && explains(entry, failure),
        );
        const errors = failing.flatMap((failure) => failure.errors);
        return entry.errors
          .filter((part) => !errors.some((error) => error.includes(part)))
          .map((part) => `stale (${profile}, ${binding}): ${entry.id}: nothing says “${part}”`);
      }),
    ),
  );
  return [...unexplained, ...stale];
}

/** What is optional may be missing: MAY is no failure. */
function failuresOf(profile: string, { findings, broken }: KitRun): Failure[] {
  return [
    ...findings
      .filter(({ outcome, level }) => outcome === "failed" && level !== "MAY")
      .map(({ id, binding, errors }) => ({ profile, binding, id, errors })),
    ...broken.map(({ test, error }) => ({ profile, binding: "kit", id: test, errors: [error] })),
  ];
}

function explains(entry: ExpectedFailure, { profile, binding, id }: Failure): boolean {
  return (
    entry.bindings.includes(binding) &&
    (entry.profiles as readonly string[]).includes(profile) &&
    (binding === "kit" ? id.endsWith(`.${entry.id}`) : id === entry.id)
  );
}

/** A test that one profile skips has to run in another. */
function skips(runs: readonly KitRun[], expectations: Expectations): string[] {
  // The first profile is the one that can most; what it says of a test counts.
  const skipped = new Map([...runs].reverse().flatMap((run) => [...run.skipped]));
  const never = [...skipped].filter(([test]) => !runs.some(({ ran }) => ran.has(test)));
  const found = never.map(([test, reason]) => `${test}: ${reason}`);
  const expected = expectations.skips.map(({ skip }) => skip);
  const unexplained = found.filter((line) => !expected.some((skip) => line.includes(skip)));
  const stale = expected.filter((skip) => !found.some((line) => line.includes(skip)));
  return [
    ...unexplained.map((line) => `skipped in every profile: ${line}`),
    ...stale.map((skip) => `stale: nothing that is skipped in every profile says “${skip}”`),
  ];
}
