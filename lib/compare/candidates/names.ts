import { LaunchError } from '../../process/failure.js';
import type { Candidate } from './candidate.js';

/** @throws LaunchError when two candidates have one name */
export function checkNames(candidates: readonly Candidate[]): void {
  const names = new Set<string>();
  for (const { name } of candidates) {
    if (names.has(name)) {
      throw new LaunchError(
        `Two candidates are called "${name}". Give one a label: --with 'other=…'.`,
      );
    }
    names.add(name);
  }
}
