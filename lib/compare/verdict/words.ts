import type { CandidateResult } from '../document/index.js';

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 run`, `5 runs`, `4 to 5 runs`. */
export function runCount(candidates: readonly Pick<CandidateResult, 'runs'>[]): string {
  const counts = candidates.map(({ runs }) => runs.length);
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  const range = least === most ? String(most) : `${String(least)} to ${String(most)}`;
  return `${range} ${most === 1 ? 'run' : 'runs'}`;
}

/** Why it cannot be recommended, without the full stop. */
export function failureOf({ failure, verified, runs }: CandidateResult): string {
  if (failure !== null) return failure.reason.trim().replace(/\.$/, '');
  if (runs.length === 0) return 'it did not run';
  return verified ? 'it works' : 'it could not be verified that it was on this allocator';
}
