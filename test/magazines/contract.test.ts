import { contractCases } from '../contract/cases.js';
import type { Door } from '../contract/doors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { caches } from './support/allocators.js';

const doors = caches().flatMap(({ kind, cache }): (Door & { kind: string })[] => [
  { kind, name: 'checked', backend: 'other', allocator: cache, exhausted: 'throws' },
  { kind, name: 'unsafe', backend: 'other', allocator: cache.unsafe, exhausted: 'zero' },
]);

// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

describe.each(doors)('cached($kind), $name', (door) => {
  test.each(contractCases)('$name', ({ run }) => {
    run(door);
  });
});
