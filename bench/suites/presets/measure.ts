import os from 'node:os';
import { seededRandom } from '../../../lib/support/random.js';
import type { Candidate } from './candidates.js';
import type { ExampleReport, Program } from './programs.js';
import { start } from './start.js';

export interface PresetCase {
  readonly program: Program;
  readonly candidate: Candidate;
}

/** What one process may hold while it idles; the largest is zlib-burst on an allocator that keeps all. */
const bytesWhileIdle = 3e9;
const mostIdle = 5;

/**
 * Takes `runs` reports of each case. The work of one process never overlaps the work of another:
 * the next one starts when the one before has begun to idle. The order of each round is another
 * one, so that nobody always follows the same neighbour.
 */
export async function measureCases(
  cases: readonly PresetCase[],
  runs: number,
  progress: (done: number, total: number, name: string) => void,
): Promise<Map<PresetCase, ExampleReport[]>> {
  const reports = new Map(cases.map((each): [PresetCase, ExampleReport[]] => [each, []]));
  const places = Math.max(1, Math.min(mostIdle, Math.floor(os.freemem() / bytesWhileIdle)));
  const idling: Promise<void>[] = [];
  const random = seededRandom(1); // the same orders in every run of the suite
  let started = 0;
  for (let round = 0; round < runs; round++) {
    for (const each of shuffled(cases, random)) {
      if (idling.length >= places) await idling.shift();
      progress(started, runs * cases.length, `${each.program} ${each.candidate.name}`);
      started += 1;
      const { idle, report } = start(each.program, each.candidate);
      const done = report.then((result) => {
        reports.get(each)?.push(result);
      });
      // Waited for above or below; a failure shall wait for that too instead of ending the process.
      done.catch(() => undefined);
      idling.push(done);
      await idle;
    }
  }
  await Promise.all(idling);
  progress(started, started, '');
  return reports;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
