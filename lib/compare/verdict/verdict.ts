import type { CandidateResult, Comparison, Verdict } from '../document/index.js';
import { changeBetween } from './change.js';
import { choose, product } from './choose.js';
import { confidenceIn } from './confidence.js';
import { contendersOf } from './contender.js';
import { effectsOf } from './effects.js';
import { noAnswer } from './no-answer.js';
import { certaintyText, keepSentence, replaceSentence, useSentence } from './sentence.js';

type Judged = Pick<Comparison, 'candidates' | 'plan' | 'complete'>;

/**
 * What to use; `choose` has the rule. Where the baseline fails, the others are compared with the
 * simplest of them that works. Deterministic: the same runs give the same verdict.
 */
export function verdictOf(comparison: Judged): Verdict {
  const none = noAnswer(comparison);
  if (none !== null) return none;
  const { candidates, plan } = comparison;
  const [reference, ...others] = contendersOf(candidates);
  if (reference === undefined)
    throw new Error('noAnswer lets no comparison pass in which all fail');
  const contenders = [reference, ...others] as const;
  // A fixed duration, or that of the load, is how long a run lasts, whatever the allocator.
  const wallCounts = plan.duration === null && plan.load === null;
  const choice = choose(contenders, wallCounts);
  const confidence = confidenceIn(choice, contenders, wallCounts);
  return {
    recommendation: choice.name,
    sentence: sentenceFor(choice, contenders, candidates, wallCounts, confidence),
    confidence,
    line: choice.baseline ? null : choice.line,
  };
}

function sentenceFor(
  choice: CandidateResult,
  contenders: readonly [CandidateResult, ...CandidateResult[]],
  candidates: readonly CandidateResult[],
  wallCounts: boolean,
  confidence: number,
): string {
  const certainty = certaintyText(confidence, contenders);
  const [baseline] = contenders;
  if (!baseline.baseline) {
    const broken = candidates.find((candidate) => candidate.baseline) ?? baseline;
    return replaceSentence(choice, broken, certainty);
  }
  if (choice === baseline) {
    return keepSentence(baseline, bestOther(contenders, wallCounts), certainty);
  }
  return useSentence(choice, effectsOf(choice, baseline, wallCounts), certainty);
}

function bestOther(
  [baseline, ...others]: readonly [CandidateResult, ...CandidateResult[]],
  wallCounts: boolean,
) {
  const [best] = others
    .map((candidate) => ({
      candidate,
      effects: effectsOf(candidate, baseline, wallCounts),
      change: changeBetween(baseline.runs, candidate.runs, wallCounts),
    }))
    .sort((left, right) => product(left.change) - product(right.change));
  return best ?? null;
}
