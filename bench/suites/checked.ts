import { caseFile } from '../harness/layout.js';
import type { Case, Suite } from '../harness/suite.js';

const allocators = [
  'poison, frames 0.unsafe',
  'poison, frames 0',
  'poison, frames 8',
  'poison, frames 0, stacks',
  'poison, frames 8, stacks',
  'page-guard, frames 8',
  'page-guard, frames 8, stacks',
] as const;

/** What each level and each kind of stack costs: the figures of docs/checked.md. */
export function checkedSuite(): Suite {
  return {
    name: 'checked',
    operation: 'ns per allocate + deallocate, alignment 16',
    control: { name: 'control', sameAs: nameOf('poison, frames 0', 64) },
    cases: [
      ...[64, 4096].flatMap((size) => [
        makeCase('system', size),
        ...allocators.map((allocator) =>
          makeCase(allocator, size, { reference: nameOf('system', size) }),
        ),
      ]),
      makeCase('poison, frames 0', 64, { name: 'control' }),
    ],
  };
}

function makeCase(allocator: string, size: number, more: Partial<Case> = {}): Case {
  return {
    name: nameOf(allocator, size),
    file: process.execPath,
    args: [caseFile('checked'), allocator, String(size)],
    ...more,
  };
}

function nameOf(allocator: string, size: number): string {
  const text = allocator === 'system' ? 'system' : `checked(system), ${allocator}`;
  return `${String(size)} B: ${text}`;
}
