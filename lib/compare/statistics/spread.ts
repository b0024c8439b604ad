import { median, rootMeanSquare } from 'simple-statistics';

/**
 * How far a run typically lies from the median of its own group, over both groups, in the unit of the
 * values: the root mean square of these distances, without the largest tenth of them. A tenth: so
 * that one run in ten during which the machine was busy with something else hides nothing.
 */
export function pooledSpread(left: readonly number[], right: readonly number[]): number {
  const distances = [...distancesOf(left), ...distancesOf(right)].sort((a, b) => a - b);
  return rootMeanSquare(distances.slice(0, distances.length - Math.floor(distances.length / 10)));
}

function distancesOf(values: readonly number[]): number[] {
  const middle = median([...values]);
  return values.map((value) => Math.abs(value - middle));
}
