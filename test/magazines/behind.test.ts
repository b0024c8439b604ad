import { cached, counted, defineAllocator, system } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const defined = defineAllocator({
  name: 'defined',
  allocate: (size, align) => system.unsafe.allocate(size, align),
  deallocate: (address, size, align) => {
    system.unsafe.deallocate(address, size, align);
  },
});

test.each([
  ['native', system],
  ['in JavaScript', defined],
])('an allocator, %s, that is closed behind a cache says who keeps its blocks', (_kind, over) => {
  const behind = counted(over);
  using cache = cached(behind);
  cache.deallocate(cache.allocate(64, 16), 64, 16);
  expect(() => {
    behind.close();
  }).toThrow(
    /^counted\(\w+\) cannot be closed: (?:a block of it is live\. Free it|\d+ of its blocks are live\. Free them) first\. A cache in front of it \(`cached`\) keeps blocks that were freed: flush or close that\.$/,
  );
  cache.close();
  behind.close();
});
