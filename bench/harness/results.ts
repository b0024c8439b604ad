import { ratioQuartiles, summarize, type Summary } from './statistics.js';
import type { Case, Suite } from './suite.js';

/** One row of the outcome; times in nanoseconds per operation. */
export interface CaseResult {
  readonly name: string;
  /** Why there are no figures; null when there are. */
  readonly skipped: string | null;
  readonly samples: readonly number[];
  readonly summary: Summary | null;
  readonly comparison: Comparison | null;
}

export interface Comparison {
  readonly reference: string;
  /** Median of the case by median of the reference. */
  readonly ratio: number;
  /** Of the ratios taken round by round. */
  readonly quartiles: readonly [number, number];
  /** The largest ratio that is good enough; null where there is no goal. */
  readonly goal: number | null;
  readonly met: boolean | null;
}

export interface Noise {
  readonly name: string;
  readonly sameAs: string;
  /** 1 when there is none. */
  readonly ratio: number;
}

export interface Results {
  readonly cases: readonly CaseResult[];
  readonly noise: Noise | null;
}

export function evaluate(suite: Suite, samples: ReadonlyMap<string, readonly number[]>): Results {
  const cases = suite.cases.map((each) => resultOf(each, samples));
  const { name, sameAs } = suite.control;
  const [control, original] = [samples.get(name), samples.get(sameAs)];
  const noise =
    control === undefined || original === undefined
      ? null
      : { name, sameAs, ratio: summarize(control).median / summarize(original).median };
  return { cases, noise };
}

function resultOf(each: Case, samples: ReadonlyMap<string, readonly number[]>): CaseResult {
  const own = samples.get(each.name);
  if (own === undefined) {
    const skipped = each.skipped ?? 'not measured';
    return { name: each.name, skipped, samples: [], summary: null, comparison: null };
  }
  return {
    name: each.name,
    skipped: null,
    samples: own,
    summary: summarize(own),
    comparison: compare(each, own, samples),
  };
}

function compare(
  { reference, goal }: Case,
  own: readonly number[],
  samples: ReadonlyMap<string, readonly number[]>,
): Comparison | null {
  const others = reference === undefined ? undefined : samples.get(reference);
  if (reference === undefined || others === undefined) return null;
  const ratio = summarize(own).median / summarize(others).median;
  return {
    reference,
    ratio,
    quartiles: ratioQuartiles(own, others),
    goal: goal ?? null,
    met: goal === undefined ? null : ratio <= goal,
  };
}

export function missedGoals({ cases }: Results): CaseResult[] {
  return cases.filter(({ comparison }) => comparison?.met === false);
}
