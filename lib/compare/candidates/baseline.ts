import { allocatorOfFile } from '../run/verification.js';
import { addon } from '../../native/load.js';
import type { Candidate } from './candidate.js';

/**
 * Makes the first candidate, the present state, what the others are compared with. Where it is the
 * plain C library, the candidate that is nothing but that would be measured twice, and is left out.
 * @param library where the malloc of the present state came from; null: it did not run
 */
export function settleBaseline(
  [present, ...others]: readonly Candidate[],
  library: string | null,
): Candidate[] {
  if (present === undefined) return [];
  const libc = addon.libc().name;
  const plain =
    Object.keys(present.settings).length === 0 &&
    (library === null || allocatorOfFile(library) === libc);
  const baseline = { ...present, baseline: true };
  if (!plain) return [baseline, ...others];
  const isSame = ({ name, expected, settings }: Candidate) =>
    name === libc && expected === 'libc' && Object.keys(settings).length === 0;
  return [{ ...baseline, name: `${libc} (now)` }, ...others.filter((each) => !isSame(each))];
}
