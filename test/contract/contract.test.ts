import { jemalloc, system } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { contractCases } from './cases.js';
import type { Door } from './doors.js';

expectNoLeaks();

const backends = jemalloc.available ? [system, jemalloc] : [system];
const doors: Door[] = backends.flatMap((allocator): Door[] => {
  const backend = allocator.name as Door['backend'];
  return [
    { name: 'checked', backend, allocator, exhausted: 'throws' },
    { name: 'unsafe', backend, allocator: allocator.unsafe, exhausted: 'zero' },
  ];
});

describe.each(doors)('$backend, $name', (door) => {
  test.each(contractCases)('$name', ({ run }) => {
    run(door);
  });
});

test('without jemalloc, its place is taken by one that refuses', () => {
  if (jemalloc.available) {
    expect(jemalloc.version).toBe('5.3.0');
    return;
  }
  const unavailable = expect.objectContaining({ code: 'ERR_ALLOMORPH_UNAVAILABLE' });
  for (const use of [
    () => jemalloc.allocate(64, 16),
    () => jemalloc.unsafe.allocate(64, 16),
    () => jemalloc.usableSize(64, 16),
    () => jemalloc.version,
    () => jemalloc.stats(),
    () => jemalloc.purge(),
    () => jemalloc.live(),
  ]) {
    expect(use).toThrow(unavailable);
  }
});
