import { takeSample } from './sample.js';
import type { Case } from './suite.js';

/**
 * Takes `runs` samples of each case, in turns, one process at a time.
 * @param report is told after each sample how many are done
 * @returns nanoseconds per operation, by the name of the case, in the order of the rounds
 */
export async function measure(
  cases: readonly Case[],
  runs: number,
  report: (done: number, total: number, name: string) => void,
): Promise<Map<string, number[]>> {
  const samples = new Map(cases.map(({ name }): [string, number[]] => [name, []]));
  let done = 0;
  for (let round = 0; round < runs; round++) {
    for (const each of cases) {
      report(done, runs * cases.length, each.name);
      const { nanoseconds, operations } = await takeSample(each);
      samples.get(each.name)?.push(nanoseconds / operations);
      done += 1;
    }
  }
  report(done, runs * cases.length, '');
  return samples;
}
