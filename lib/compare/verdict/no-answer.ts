import type { CandidateResult, Comparison, Verdict } from '../document/index.js';
import { fewestRuns } from '../statistics/index.js';
import { works } from './contender.js';
import { failureOf, runCount } from './words.js';

/** Why no answer can be given; null when one can. */
export function noAnswer({
  candidates,
  complete,
}: Pick<Comparison, 'candidates' | 'complete'>): Verdict | null {
  const reason = reasonWhy(candidates, complete);
  return reason === null
    ? null
    : { recommendation: null, sentence: `No answer: ${reason}.`, confidence: null, line: null };
}

function reasonWhy(candidates: readonly CandidateResult[], complete: boolean): string | null {
  const [only, ...others] = candidates;
  if (only === undefined || others.length === 0) return 'there is nothing to compare with';
  const working = candidates.filter(works);
  const [first] = candidates.filter(({ failure }) => failure !== null);
  if (working.length === 0) {
    if (first === undefined) return 'it was interrupted before the first run had ended';
    return `no candidate ran as it should; ${first.name}: ${failureOf(first)}`;
  }
  const baseline = candidates.find((candidate) => candidate.baseline);
  const flaw = baseline === undefined ? null : flawOf(baseline);
  if (flaw !== null) return flaw;
  if (baseline === undefined || isBroken(baseline)) return null; // whatever works is better
  if (candidates.every((candidate) => candidate === baseline || isBroken(candidate))) return null;
  const enough = working.filter(({ runs }) => runs.length >= fewestRuns);
  if (enough.includes(baseline) && enough.length > 1) return null;
  const taken = `${complete ? '' : 'it was interrupted; '}${runCount(working)} of each candidate`;
  return (
    `${taken} cannot tell a difference from noise: at least ${String(fewestRuns)} are needed ` +
    `(--runs ${String(fewestRuns)} or more)`
  );
}

/** Not merely interrupted before its first run. */
function isBroken({ failure, verified, runs }: CandidateResult): boolean {
  return failure !== null || (runs.length > 0 && !verified);
}

/** Not every failure of what there is speaks for something else. */
function flawOf(baseline: CandidateResult): string | null {
  const { failure, runs } = baseline;
  if (failure === null) return null;
  if (runs.length > 0) {
    const times = runs.length === 1 ? 'one good run' : `${String(runs.length)} good runs`;
    return (
      `what you have failed in round ${String(failure.round)} after ${times} (${failureOf(baseline)}), ` +
      'so that more than the allocator decides whether it fails'
    );
  }
  return failure.kind === 'exit' || failure.kind === 'signal'
    ? null
    : `what you have could not be measured: ${failureOf(baseline)}`;
}
