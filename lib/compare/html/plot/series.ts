import type { CandidateResult, Comparison } from '../../document/index.js';
import { curveOf, type Point } from './curve.js';
import { looksOf } from './look.js';

/** A candidate with what is needed to draw it. */
export interface Series {
  readonly candidate: CandidateResult;
  /** Its place among the candidates, which is where its figures stand in the JSON. */
  readonly index: number;
  readonly role: 'baseline' | 'recommended' | 'other';
  /** Classes for hue and dashes. */
  readonly look: string;
  /** Empty when nothing was sampled. */
  readonly points: readonly Point[];
}

export function seriesOf({ candidates, verdict }: Comparison): readonly Series[] {
  const looks = looksOf(candidates, verdict.recommendation);
  return candidates.map((candidate, index) => ({
    candidate,
    index,
    role: candidate.baseline
      ? 'baseline'
      : candidate.name === verdict.recommendation
        ? 'recommended'
        : 'other',
    look: looks[index] ?? '',
    points: curveOf(candidate.runs),
  }));
}
