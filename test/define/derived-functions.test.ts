import { defineAllocator } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { least, raw } from './support/definition.js';

expectNoLeaks();

test('what is missing is derived', () => {
  const calls: string[] = [];
  const a = defineAllocator({
    name: 'd',
    allocate(size, align) {
      calls.push(`allocate ${size} ${align}`);
      return raw.allocate(size, align);
    },
    deallocate(address, oldSize, align) {
      calls.push(`deallocate ${oldSize} ${align}`);
      raw.deallocate(address, oldSize, align);
    },
  });
  for (const door of [a, a.unsafe]) {
    const block = door.allocate(100, 32);
    fill(block, 100, 1);
    expect(door.usableSize(100, 32)).toBe(100);
    expect(door.reallocateInplace(block, 100, 50, 32)).toBe(100);
    expect(door.reallocateInplace(block, 100, 101, 32)).toBe(100);
    const moved = door.reallocate(block, 100, 300, 32);
    expect(holds(moved, 100, 1)).toBe(true);
    door.deallocate(moved, 300, 32);
    expect(calls.splice(0)).toEqual([
      'allocate 100 32',
      'allocate 300 32',
      'deallocate 100 32',
      'deallocate 300 32',
    ]);
  }
});

test('the derived reallocate leaves the old block when memory is exhausted, or its release fails', () => {
  let fault: Error | undefined;
  let exhausted = false;
  const a = defineAllocator({
    ...least,
    allocate: (size, align) => (exhausted ? 0 : raw.allocate(size, align)),
    deallocate(address, oldSize, align) {
      const error = fault;
      fault = undefined;
      if (error !== undefined) throw error;
      raw.deallocate(address, oldSize, align);
    },
  });
  const block = a.allocate(100, 16);
  fill(block, 100, 1);
  exhausted = true;
  expect(() => a.reallocate(block, 100, 200, 16)).toThrow(code('OUT_OF_MEMORY'));
  exhausted = false;
  fault = new Error('not now');
  expect(() => a.reallocate(block, 100, 200, 16)).toThrow('not now');
  expect(holds(block, 100, 1)).toBe(true);
  expect(a.live()).toEqual({ blocks: 1, bytes: 100 });
  a.deallocate(block, 100, 16);
});
