import { environment, load } from './environment.js';
import { measure } from './measure.js';
import type { Options } from './options.js';
import type { Outcome } from './outcome.js';
import { createProgress } from './progress.js';
import { makeReport } from './report.js';
import { evaluate, missedGoals } from './results.js';
import type { Suite } from './suite.js';
import { renderReport } from './table.js';

/** How a suite whose cases are times is run. */
export function timings(open: () => Promise<Suite> | Suite) {
  return async ({ runs }: Options): Promise<Outcome> => {
    const startedAt = new Date();
    const before = load();
    const suite = await open();
    const measurable = suite.cases.filter(({ skipped }) => skipped === undefined);
    const samples = await measure(measurable, runs, createProgress());
    const report = makeReport(suite, evaluate(suite, samples), {
      runs,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      loadAverage: { before, after: load() },
      environment: environment(),
    });
    return {
      report,
      text: renderReport(report, suite.unit ?? 'ns'),
      missed: missedGoals(report).map(({ name }) => name),
    };
  };
}
