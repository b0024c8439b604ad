/**
 * The order of one round: A B C, then backwards from B: B A C, then C A B, and so on. Nobody is always first,
 * and nobody always follows the same neighbour.
 * @param round from 1
 */
export function orderOf<T>(items: readonly T[], round: number): T[] {
  const backwards = round % 2 === 0;
  // Turned round, the last one comes first: one further on, it is the next that has not been first.
  const by = (backwards ? round : round - 1) % Math.max(1, items.length);
  const rotated = [...items.slice(by), ...items.slice(0, by)];
  return backwards ? rotated.reverse() : rotated;
}

/** Fewer tell nothing apart (lib/compare/statistics); more are for `--runs`. */
const [fewest, most] = [4, 10];
/** Seconds: with start-up and report, a comparison by default stays under five minutes where it can. */
const budget = 230;

/**
 * How many rounds are made when the user does not say.
 * @param seconds that one run takes
 */
export function defaultRounds(candidates: number, seconds: number): number {
  const fitting = Math.floor(budget / (candidates * Math.max(seconds, 0.001)));
  return Math.min(most, Math.max(fewest, fitting));
}

/** Seconds between two looks at the memory, for a run that takes `seconds`: some 200 looks. */
export function sampleIntervalFor(seconds: number): number {
  return Math.min(1, Math.max(0.02, seconds / 200));
}
