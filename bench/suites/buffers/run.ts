import type { Options } from '../../harness/options.js';
import type { Outcome } from '../../harness/outcome.js';
import { timings } from '../../harness/timings.js';
import { patternsSuite } from './patterns.js';
import { measureTrace, renderTrace, traceGoals } from './trace.js';

/** Two simple patterns at some sizes, then a trace of many sizes. */
export async function runBuffers(options: Options): Promise<Outcome> {
  const patterns = await timings(patternsSuite)(options);
  const trace = await measureTrace(Math.min(options.runs, 5));
  const goals = traceGoals(trace);
  return {
    report: { ...patterns.report, trace: { results: trace, goals } },
    text: `${patterns.text}\n${renderTrace(trace)}`,
    missed: [...patterns.missed, ...goals.filter(({ met }) => !met).map(({ name }) => name)],
  };
}
