import { bump, type BumpAllocator } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { no, refusing, type Refusing } from './support/refusing.js';

// A bump over an allocator that does not take its chunks back.

expectNoLeaks();

const chunk = 1024;
let behind: Refusing;
let a: BumpAllocator;
let warn: jest.SpyInstance;

beforeEach(() => {
  warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
  behind = refusing();
  a = bump(behind, { chunk });
});
afterEach(() => {
  warn.mockRestore();
  behind.before = {};
  a.close();
  expect(behind.live().blocks).toBe(0);
});

const filled = (blocks: number) => Array.from({ length: blocks }, () => a.allocate(chunk, 16));

test('a block is freed all the same, and its chunk stays; that is told once', () => {
  const blocks = filled(3);
  behind.before.deallocate = no;
  for (const block of blocks) a.deallocate(block, chunk, 16);
  expect(a.live().blocks).toBe(0);
  expect([a.held(), behind.live().blocks]).toEqual([3 * chunk, 3]);
  expect(() => a.deallocate(blocks[0]!, chunk, 16)).toThrow(code('UNKNOWN_BLOCK'));
  a.deallocate(a.allocate(chunk, 16), chunk, 16);
  expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
    "'refusing' did not take a chunk of 1024 bytes of a bump back: not today",
    "'refusing' did not take a chunk of 1024 bytes of a bump back: not today",
  ]);
  // Tried again as soon as no block is live.
  behind.before = {};
  a.deallocate(a.allocate(chunk, 16), chunk, 16);
  expect([a.held(), behind.live().blocks]).toEqual([chunk, 1]);
});

test('a chunk of a single large block, freed while others are live', () => {
  const small = a.allocate(100, 16);
  const large = a.allocate(5000, 16);
  behind.before.deallocate = no;
  a.deallocate(large, 5000, 16);
  expect(a.live().blocks).toBe(1);
  expect(a.held()).toBe(chunk + 5000);
  expect(a.allocate(100, 16)).toBe(small + 112);
  behind.before = {};
  a.reset();
  expect(a.held()).toBe(chunk);
});

test('a reallocation that leaves such a block gives the new one', () => {
  a.allocate(100, 16);
  const large = a.allocate(5000, 16);
  behind.before.deallocate = no;
  const moved = a.reallocate(large, 5000, 9000, 16);
  expect(a.live().bytes).toBe(9100);
  behind.before = {};
  a.deallocate(moved, 9000, 16);
  a.reset();
});

test('reset tries all chunks, throws the first refusal, and keeps what was refused', () => {
  filled(4);
  let calls = 0;
  behind.before.deallocate = () => {
    calls += 1;
    if (calls !== 2) throw new RangeError(`refusal ${calls}`);
  };
  expect(() => a.reset()).toThrow('refusal 1');
  expect(a.live().blocks).toBe(0);
  expect([a.held(), behind.live().blocks]).toEqual([3 * chunk, 3]);
  behind.before = {};
  a.reset();
  expect([a.held(), behind.live().blocks]).toEqual([chunk, 1]);
  expect(warn).not.toHaveBeenCalled();
});

test('a close that threw is tried again by the next one', () => {
  filled(3);
  behind.before.deallocate = no;
  expect(() => a.reset()).toThrow('not today');
  for (let round = 0; round < 2; round++) {
    expect(() => a.close()).toThrow('not today');
    expect(() => a.allocate(1, 1)).toThrow(code('CLOSED'));
  }
  behind.before = {};
  a.close();
  expect(behind.live().blocks).toBe(0);
});

test('it is neither closed nor reset from within a reset', () => {
  filled(3);
  const refusals: unknown[] = [];
  behind.before.deallocate = () => {
    for (const act of [() => a.close(), () => a.reset()]) {
      try {
        act();
      } catch (error) {
        refusals.push(error);
      }
    }
  };
  a.reset();
  expect(refusals).toEqual(Array.from({ length: 4 }, () => code('BUSY')));
  behind.before = {};
  a.close();
  expect(behind.live().blocks).toBe(0);
});

// What is being moved would be gone.
test('it is not reset from within an allocation', () => {
  const block = a.allocate(100, 16);
  behind.before.allocate = () => a.reset();
  expect(() => a.reallocate(block, 100, chunk + 1, 16)).toThrow(code('BUSY'));
  expect(a.live().blocks).toBe(1);
  behind.before = {};
  a.reset();
});
