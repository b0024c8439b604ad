import { checked } from 'allomorph';
import { no, refusing } from '../compose/support/refusing.js';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';

// Over an allocator in JavaScript that does not take memory back: what throws has changed nothing.

expectNoLeaks();

test('without a quarantine, a block that is refused is still live', () => {
  const behind = refusing();
  const a = checked(behind, { quarantine: 0, leaks: 'off' });
  const address = a.allocate(100, 16);
  fill(address, 100, 1);
  behind.before.deallocate = no;
  for (let round = 0; round < 2; round++) {
    expect(() => a.deallocate(address, 100, 16)).toThrow('not today');
    expect(() => a.reallocate(address, 100, 300, 16)).toThrow('not today');
    expect(a.leaks()).toMatchObject([{ address, size: 100 }]);
    // The new block, which nobody knows, waits to be offered again.
    expect(a.stats()).toMatchObject({ quarantinedBlocks: round + 1, keptBlocks: 0 });
  }
  behind.before = {};
  expect(holds(address, 100, 1)).toBe(true);
  a.deallocate(address, 100, 16);
  a.close();
  expect(behind.live().blocks).toBe(0);
});

test('a move whose old block is refused gives the new one back', () => {
  const behind = refusing();
  const a = checked(behind, { quarantine: 0, leaks: 'off' });
  const address = a.allocate(100, 16);
  behind.before.deallocate = (size) => {
    if (size < 200) no();
  };
  expect(() => a.reallocate(address, 100, 300, 16)).toThrow('not today');
  expect(a.leaks()).toMatchObject([{ address, size: 100 }]);
  expect(behind.live().blocks).toBe(1);
  behind.before = {};
  a.deallocate(address, 100, 16);
  a.close();
});

test('a block that is refused as it leaves the quarantine stays there', () => {
  const behind = refusing();
  const a = checked(behind, { quarantine: 300, leaks: 'off' });
  const [first, second, third] = [1, 2, 3].map(() => a.allocate(100, 16)) as [never, never, never];
  a.deallocate(first, 100, 16);
  a.deallocate(second, 100, 16);
  const before = a.stats();
  behind.before.deallocate = no;
  expect(() => a.deallocate(third, 100, 16)).toThrow('not today');
  expect(a.stats()).toEqual(before);
  expect(() => a.deallocate(first, 100, 16)).toThrow(code('UNKNOWN_BLOCK'));
  behind.before = {};
  a.deallocate(third, 100, 16);
  expect(behind.live().blocks).toBe(2);
  a.close();
  expect(behind.live().blocks).toBe(0);
});

test('a close that threw has given back the rest, and the next one tries again', () => {
  const behind = refusing();
  const a = checked(behind, { leaks: 'off' });
  const blocks = Array.from({ length: 5 }, () => a.allocate(100, 16));
  for (const address of blocks) a.deallocate(address, 100, 16);
  let calls = 0;
  behind.before.deallocate = () => {
    calls += 1;
    if (calls === 2 || calls === 4) throw new RangeError(`refusal ${calls}`);
  };
  expect(() => a.close()).toThrow('refusal 2');
  expect(behind.live().blocks).toBe(2);
  a.close();
  expect(behind.live().blocks).toBe(0);
  expect(() => a.allocate(1, 1)).toThrow(code('CLOSED'));
});
