import { checked } from 'allomorph';
import { contractCases } from '../contract/cases.js';
import type { Door } from '../contract/doors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/kinds.js';

// Without stacks: under Jest, which maps them to the sources, their text takes milliseconds.
const made = kinds.map(({ kind, behind, options }) => ({
  kind,
  allocator: checked(behind, { ...options, stacks: false, leaks: 'off' }),
}));
afterAll(() => made.forEach(({ allocator }) => allocator.close()));

const doors = made.flatMap(({ kind, allocator }): (Door & { kind: string })[] => [
  { kind, name: 'checked', backend: 'other', allocator, exhausted: 'throws' },
  { kind, name: 'unsafe', backend: 'other', allocator: allocator.unsafe, exhausted: 'zero' },
]);

// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

describe.each(doors)('checked($kind), $name', (door) => {
  test.each(contractCases)('$name', ({ run }) => {
    run(door);
  });
});

test.each(made)('checked($kind): nothing was found', ({ allocator }) => {
  expect(allocator.verify()).toEqual([]);
  expect(allocator.stats()).toMatchObject({ liveBlocks: 0, faults: 0 });
});
