import { defineAllocator, type Address, type AllomorphError } from 'allomorph';
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

// Nobody but the error knows where the new block is.
test('the derived reallocate tells of the new block when neither is taken back', () => {
  let refuses = true;
  const a = defineAllocator({
    ...least,
    deallocate(address, oldSize, align) {
      if (refuses) throw new Error('not now');
      raw.deallocate(address, oldSize, align);
    },
  });
  for (const door of [a, a.unsafe]) {
    refuses = true;
    const block = door.allocate(100, 32);
    fill(block, 100, 1);
    const error = thrownBy(() => door.reallocate(block, 100, 200, 32));
    expect(error).toMatchObject({
      code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
      values: { address: expect.any(Number), size: 200, align: 32, from: block },
      cause: new Error('not now'),
    });
    const { address } = error.values as { address: Address };
    expect(error.message).toContain(`at 0x${address.toString(16)}`);
    expect(holds(address, 100, 1)).toBe(true);
    refuses = false;
    door.deallocate(address, 200, 32);
    door.deallocate(block, 100, 32);
  }
  expect(a.live().blocks).toBe(0);
});

test('the unsafe one gives the new block back when the old one is refused', () => {
  let refusals = 1;
  const taken: number[] = [];
  const a = defineAllocator({
    ...least,
    deallocate(address, oldSize, align) {
      if (refusals-- > 0) throw new Error('not now');
      taken.push(oldSize);
      raw.deallocate(address, oldSize, align);
    },
  });
  const block = a.unsafe.allocate(100, 16);
  expect(() => a.unsafe.reallocate(block, 100, 200, 16)).toThrow('not now');
  a.unsafe.deallocate(block, 100, 16);
  expect(taken).toEqual([200, 100]);
});

test('the old block was freed as the new one was allocated: nothing of it is read', () => {
  let meanwhile: () => void = () => undefined;
  const freed: { address: Address; size: number; isFresh: boolean }[] = [];
  const a = defineAllocator({
    ...least,
    allocate(size, align) {
      meanwhile();
      const address = raw.allocate(size, align);
      fill(address, size, 2);
      return address;
    },
    deallocate(address, size) {
      freed.push({ address, size, isFresh: holds(address, size, 2) });
    },
  });
  const block = a.allocate(100, 16);
  fill(block, 100, 1);
  meanwhile = () => {
    a.deallocate(block, 100, 16);
  };
  expect(() => a.reallocate(block, 100, 50, 16)).toThrow(code('UNKNOWN_BLOCK'));
  expect(freed.map(({ isFresh }) => isFresh)).toEqual([false, true]);
  for (const { address, size } of freed) raw.deallocate(address, size, 16);
  expect(a.live().blocks).toBe(0);
});

function thrownBy(call: () => unknown): AllomorphError {
  try {
    call();
  } catch (error) {
    return error as AllomorphError;
  }
  throw new Error('nothing was thrown');
}
