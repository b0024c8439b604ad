import type { CandidateResult } from '../document/index.js';
import { percent } from '../figures/format.js';
import type { Change } from './change.js';
import { isTooDear, leastGain, mostCost, product } from './choose.js';
import type { Effects } from './effects.js';
import { failureOf, listed, runCount } from './words.js';

/** A recommendation that was compared with the baseline. */
export function useSentence(
  { name }: CandidateResult,
  { savings, costs, none }: Effects,
  certainty: string,
): string {
  const differing = [...savings, ...costs].join(', ');
  const same = none.length === 0 ? '' : `, ${sameText(none)}`;
  return `Use ${name}: ${differing}${same}${certainty}.`;
}

/** A recommendation because what there is does not work. */
export function replaceSentence(
  choice: CandidateResult,
  baseline: CandidateResult,
  certainty: string,
): string {
  return (
    `Use ${choice.name}: what you have (${presentName(baseline)}) fails (${failureOf(baseline)}), ` +
    `and this ended as it should in ${runCount([choice])}${certainty}.`
  );
}

/** @param best the best of the others that work, and what it would do; null when none works */
export function keepSentence(
  baseline: CandidateResult,
  best: { candidate: CandidateResult; effects: Effects; change: Change } | null,
  certainty: string,
): string {
  const reason = best === null ? 'nothing else ran as it should' : reasonToKeep(best);
  return `Keep what you have (${presentName(baseline)}): ${reason}${certainty}.`;
}

function reasonToKeep({
  candidate: { name },
  effects: { savings, costs },
  change,
}: {
  candidate: CandidateResult;
  effects: Effects;
  change: Change;
}): string {
  if (savings.length + costs.length === 0) {
    return 'no other candidate is better overall by more than the noise';
  }
  const gain = 1 - product(change);
  const brings = `the best of the others, ${name}, would bring ${listed([...savings, ...costs])}`;
  if (gain <= 0) return `${brings}, which saves nothing overall`;
  if (gain < leastGain) {
    return `${brings}: ${percent(gain)} less memory × time, and a change should save ${percent(leastGain)}`;
  }
  return isTooDear(change)
    ? `${brings}, and a change may cost ${percent(mostCost)} at most`
    : brings;
}

/** `; 97% sure (share of resamplings of 5 runs that agree)`; nothing where there was no choice. */
export function certaintyText(confidence: number, candidates: readonly CandidateResult[]): string {
  if (candidates.length < 2) return '';
  const sure =
    confidence > 0.99
      ? 'over 99%'
      : `${confidence < 0.8 ? 'only ' : ''}${percent(Math.floor(confidence * 100) / 100)}`;
  const advice = confidence < 0.8 ? ': more --runs would tell' : '';
  return `; ${sure} sure (share of resamplings of ${runCount(candidates)} that agree${advice})`;
}

function sameText(names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? 'does' : 'do'} not differ`;
}

/** Its allocator says more than that it is the baseline. */
function presentName({ allocator, name }: CandidateResult): string {
  return allocator ?? name;
}
