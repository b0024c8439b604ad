import { bump, counted, limited } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms, withBlocks } from './support/forms.js';

expectNoLeaks();

describe.each(forms)('bump over $form', ({ over }) => {
  test('moves a pointer, and takes chunks', () => {
    using behind = counted(over);
    using a = bump(behind, { chunk: 4096 });
    expect(a.name).toBe(`bump(${behind.name}, { chunk: 4096 })`);
    expect([a.chunk, a.held()]).toEqual([4096, 0]);
    const first = a.allocate(10, 1);
    const second = a.allocate(20, 1);
    expect(second).toBe(first + 10);
    expect(a.reallocateInplace(first, 10, 11, 1)).toBe(10);
    expect(a.reallocateInplace(second, 20, 300, 1)).toBe(300);
    expect(a.reallocate(second, 300, 400, 1)).toBe(second);
    const large = a.allocate(100_000, 4096);
    expect(large % 4096).toBe(0);
    expect(a.held()).toBeGreaterThan(104_000);
    a.deallocate(large, 100_000, 4096);
    expect(a.held()).toBe(4096);
    a.deallocate(second, 400, 1);
    a.deallocate(first, 10, 1);
    // The whole chunk is free again.
    const all = a.allocate(4000, 1);
    expect([all, a.held()]).toEqual([first, 4096]);
    a.deallocate(all, 4000, 1);
    expect(behind.counts().liveBlocks).toBe(1);
  });

  test('reset frees all blocks, whichever door they came through', () => {
    using behind = counted(over);
    using a = bump(behind, { chunk: 4096 });
    const blocks = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? a : a.unsafe).allocate(500, 16),
    );
    expect(a.live().blocks).toBeGreaterThanOrEqual(50);
    expect(() => a.close()).toThrow(code('BUSY'));
    a.reset();
    expect(a.live()).toEqual({ blocks: 0, bytes: 0 });
    expect(a.held()).toBe(4096);
    expect(behind.counts().liveBlocks).toBe(1);
    // None of them is a block any more, also not to the checked functions.
    for (const block of blocks) {
      expect(() => a.deallocate(block, 500, 16)).toThrow(code('UNKNOWN_BLOCK'));
    }
    withBlocks(a, 20, 500, () => undefined);
    a.reset();
    a.close();
    expect(behind.counts().liveBlocks).toBe(0);
    expect(() => a.reset()).toThrow(code('CLOSED'));
    expect(() => a.held()).toThrow(code('CLOSED'));
  });

  test('exhaustion behind it', () => {
    using behind = limited(over, 9000);
    using a = bump(behind, { chunk: 4096 });
    const block = a.allocate(4000, 16);
    fill(block, 4000, 1);
    expect(() => a.allocate(6000, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(() => a.reallocate(block, 4000, 6000, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(holds(block, 4000, 1)).toBe(true);
    a.deallocate(block, 4000, 16);
  });
});
