import { checked, type Address } from 'allomorph';
import { refusing } from '../compose/support/refusing.js';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';

// Over an allocator in JavaScript that uses the very allocator in front of it, as it is called from there: that frees the block
// which a call is about.

expectNoLeaks();

/** Redzones and all, a block of 100 bytes takes more than half of it. */
const roomForOne = 200;

const open = (quarantine: number) => {
  const behind = refusing();
  const a = checked(behind, { quarantine, leaks: 'off' });
  /** The next call of that function frees the block first. */
  const freeWithin = (when: 'allocate' | 'deallocate', address: Address) => {
    behind.before[when] = () => {
      behind.before = {};
      a.deallocate(address, 100, 16);
    };
  };
  return { behind, a, freeWithin };
};

test.each([0, roomForOne, 2 ** 20])(
  'a block that is freed while a larger one is asked for, quarantine %i',
  (quarantine) => {
    const { behind, a, freeWithin } = open(quarantine);
    const other = a.allocate(100, 16);
    fill(other, 100, 1);
    const address = a.allocate(100, 16);
    freeWithin('allocate', address);
    expect(() => a.reallocate(address, 100, 300, 16)).toThrow(code('UNKNOWN_BLOCK'));
    expect(a.leaks()).toMatchObject([{ address: other, size: 100 }]);
    expect(a.stats()).toMatchObject({ liveBlocks: 1, keptBlocks: 0, faults: 1 });
    expect(a.verify()).toEqual([]);
    expect(holds(other, 100, 1)).toBe(true);
    a.deallocate(other, 100, 16);
    a.close();
    expect(behind.live().blocks).toBe(0);
  },
);

test.each<[string, (a: ReturnType<typeof checked>, address: Address) => unknown]>([
  ['deallocate', (a, address) => a.deallocate(address, 100, 16)],
  ['reallocate', (a, address) => a.reallocate(address, 100, 300, 16)],
  ['reallocateInplace', (a, address) => a.reallocateInplace(address, 100, 50, 16)],
])('a block that is freed while %s makes room in the quarantine', (_name, call) => {
  const { behind, a, freeWithin } = open(roomForOne);
  const oldest = a.allocate(100, 16);
  const address = a.allocate(100, 16);
  a.deallocate(oldest, 100, 16);
  freeWithin('deallocate', address);
  expect(() => call(a, address)).toThrow(code('UNKNOWN_BLOCK'));
  // It went on to the quarantine, and out of it for the room that was still wanted.
  expect(a.stats()).toMatchObject({ liveBlocks: 0, quarantinedBlocks: 0, keptBlocks: 0 });
  expect(behind.live().blocks).toBe(0);
  expect(a.verify()).toEqual([]);
  a.close();
  expect(behind.live().blocks).toBe(0);
});
