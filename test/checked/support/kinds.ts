import {
  checked,
  jemalloc,
  system,
  type Allocator,
  type CheckedAllocator,
  type CheckedOptions,
} from 'allomorph';
import { Scripted } from '../../magazines/support/scripted.js';

/** Every kind of allocator that can be checked, at every level it has. */
export const kinds: readonly { kind: string; behind: Allocator; options: CheckedOptions }[] = [
  { kind: 'system, poison', behind: system, options: { level: 'poison' } },
  { kind: 'system, page-guard', behind: system, options: { level: 'page-guard' } },
  ...(jemalloc.available
    ? ([
        { kind: 'jemalloc, poison', behind: jemalloc, options: { level: 'poison' } },
        { kind: 'jemalloc, page-guard', behind: jemalloc, options: { level: 'page-guard' } },
      ] as const)
    : []),
  { kind: 'JavaScript, poison', behind: new Scripted(), options: { level: 'poison' } },
];

export const poisoned = kinds.filter(({ options }) => options.level === 'poison');

/** Closes the allocator afterwards: so all of it goes back, or the test fails. */
export function withChecked(
  behind: Allocator,
  options: CheckedOptions,
  use: (allocator: CheckedAllocator) => void,
): void {
  const allocator = checked(behind, { leaks: 'off', ...options });
  use(allocator);
  allocator.close();
}
