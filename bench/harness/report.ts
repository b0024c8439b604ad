import type { Environment } from './environment.js';
import type { Results } from './results.js';
import type { Suite } from './suite.js';

/** What one invocation found. The layout is versioned: `schema` changes when a field changes its meaning. */
export interface Report extends Results {
  readonly schema: 'allomorph-bench/1';
  readonly suite: string;
  readonly operation: string;
  readonly unit: 'ns';
  readonly runs: number;
  readonly startedAt: string;
  readonly seconds: number;
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly environment: Environment;
}

export function makeReport(
  suite: Suite,
  results: Results,
  facts: Pick<Report, 'runs' | 'startedAt' | 'seconds' | 'loadAverage' | 'environment'>,
): Report {
  return {
    schema: 'allomorph-bench/1',
    suite: suite.name,
    operation: suite.operation,
    unit: 'ns',
    ...facts,
    ...results,
  };
}
