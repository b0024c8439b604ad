import type { CandidateResult } from '../document/index.js';
import type { Run } from '../document/run.js';

/** A candidate that may be recommended. */
export interface Contender {
  readonly name: string;
  readonly runs: readonly Run[];
}

const simplest = 'jemalloc balanced';

/**
 * Those that work, the simplest to put in effect first: what there is, the preset that needs no choice,
 * the others as they were given.
 */
export function contendersOf(candidates: readonly CandidateResult[]): CandidateResult[] {
  const place = ({ baseline, name }: CandidateResult) => (baseline ? 0 : name === simplest ? 1 : 2);
  return candidates.filter(works).sort((left, right) => place(left) - place(right));
}

export function works({ failure, verified, runs }: CandidateResult): boolean {
  return failure === null && verified && runs.length > 0;
}
