import type { Environment } from './environment.js';
import type { MetricName, Outcome } from './metrics.js';
import type { Run } from './run.js';
import type { Verdict } from './verdict.js';

/** Changes whenever a field changes its meaning or goes away; new fields leave it alone. */
export const schema = 'allomorph-compare/1';

/** What `allomorph compare --json FILE` writes; docs/compare.md describes it for readers. */
export interface Comparison {
  readonly schema: typeof schema;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Of the whole comparison, warm-up included. */
  readonly seconds: number;
  /** False: it was interrupted, and holds what was measured until then. */
  readonly complete: boolean;
  /** The program and its arguments, as they were given. */
  readonly command: readonly string[];
  readonly plan: Plan;
  readonly environment: Environment;
  /** The name of the candidate that the others are compared with: what is in effect without us. */
  readonly baseline: string;
  readonly candidates: readonly CandidateResult[];
  readonly verdict: Verdict;
}

/** How each run went on: start, ready, load or duration, idle, stop. Seconds; null: not asked for. */
export interface Plan {
  /** Rounds that were wanted; each runs every candidate once. */
  readonly rounds: number;
  readonly duration: number | null;
  /** The regular expression or the port, as given. */
  readonly ready: string | null;
  readonly load: string | null;
  readonly idle: number | null;
  /** The time limit of one run. */
  readonly timeout: number;
  /** Between two looks at the memory; longer for processes that take long to look at. */
  readonly sampleInterval: number;
}

/** A way to run the program, and what came of it. */
export interface CandidateResult {
  readonly name: string;
  /** Whether this is the one that the others are compared with. */
  readonly baseline: boolean;
  /** `'glibc'`, `'jemalloc'`, …, as found in the running program; null when it never ran. */
  readonly allocator: string | null;
  /** The file that `malloc` came from in the running program; null when it never ran. */
  readonly library: string | null;
  /** The variables that configure the allocator. */
  readonly settings: Readonly<Record<string, string>>;
  /** True when every run proved, from inside, that it was on this allocator. */
  readonly verified: boolean;
  /** The line that puts it in effect for good; null for the baseline. */
  readonly line: string | null;
  /** The runs that ended as they should; only these count. */
  readonly runs: readonly Run[];
  /** Null when every run ended as it should. A candidate that fails is not run again. */
  readonly failure: Failure | null;
  /** By metric, what its runs say together; without runs, and for what was not measured, absent. */
  readonly outcomes: Readonly<Partial<Record<MetricName, Outcome>>>;
}

export interface Failure {
  readonly kind: FailureKind;
  /** A sentence. */
  readonly reason: string;
  /** From 1; 0 is the warm-up. */
  readonly round: number;
  /** Null when it did not end by itself. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what the program wrote, stdout and stderr as they came. */
  readonly lastOutput: string;
}

export type FailureKind =
  'unverified' | 'not-started' | 'exit' | 'signal' | 'timeout' | 'not-ready' | 'load' | 'too-short';
