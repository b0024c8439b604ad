import { wilcoxonRankSum } from 'simple-statistics';

/**
 * The two-sided p value of the Wilcoxon rank-sum (Mann-Whitney) test, exact where no values are equal:
 * the share of all ways to deal the ranks out in which the two groups are at least as far apart.
 * Whatever the shape of the noise, one run that took twice as long is one rank.
 */
export function rankSumTest(left: readonly number[], right: readonly number[]): number {
  const smallest = (left.length * (left.length + 1)) / 2;
  const beaten = wilcoxonRankSum(left, right) - smallest; // pairs in which left is the larger
  const nearest = Math.min(beaten, left.length * right.length - beaten);
  const ways = waysToBeat(left.length, right.length);
  const all = ways.reduce((sum, count) => sum + count, 0);
  // A tie is half a pair; rounded up, it makes the groups look closer, never further apart.
  const tail = ways.slice(0, Math.ceil(nearest) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / all);
}

/** The least p value that groups of these sizes can have: all of one beyond all of the other. */
export function leastRankSumP(left: number, right: number): number {
  return 2 / waysToBeat(left, right).reduce((sum, count) => sum + count, 0);
}

const known = new Map<string, readonly number[]>();

/**
 * At index u, in how many of the orders of m + n values exactly u pairs are won by the m: the
 * coefficients of the Gaussian binomial (m + n over m), a product of (1 - q^(n + i)) / (1 - q^i).
 */
function waysToBeat(m: number, n: number): readonly number[] {
  const key = `${String(m)},${String(n)}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const ways = new Array<number>(m * n + 1).fill(0);
  ways[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = m * n; u >= n + i; u--) ways[u] = at(ways, u) - at(ways, u - n - i);
    for (let u = i; u <= m * n; u++) ways[u] = at(ways, u) + at(ways, u - i);
  }
  known.set(key, ways);
  return ways;
}

const at = (values: readonly number[], index: number) => values[index] ?? 0;
