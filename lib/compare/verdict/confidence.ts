import { sampleWithReplacement } from 'simple-statistics';
import { seededRandom } from '../../support/random.js';
import { choose } from './choose.js';
import type { Contender } from './contender.js';

const resamplings = 1000;

/**
 * In what share of bootstrap resamplings of the runs the choice is the same: each candidate's runs are
 * drawn again from its own, as often as there were, whole runs, so that what belongs together stays so.
 */
export function confidenceIn(
  choice: Contender,
  contenders: readonly [Contender, ...Contender[]],
  wallCounts: boolean,
): number {
  const random = seededRandom(1);
  const again = ({ name, runs }: Contender): Contender => ({
    name,
    runs: sampleWithReplacement([...runs], runs.length, random),
  });
  let agreeing = 0;
  for (let i = 0; i < resamplings; i++) {
    const [reference, ...others] = contenders;
    const chosen = choose([again(reference), ...others.map(again)], wallCounts);
    if (chosen.name === choice.name) agreeing += 1;
  }
  return agreeing / resamplings;
}
