import { limited, type Address } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms, withBlocks } from './support/forms.js';
import { no, refusing } from './support/refusing.js';

expectNoLeaks();

describe.each(forms)('limited over $form', ({ over }) => {
  test('has so many bytes, and no more', () => {
    using a = limited(over, 48 * 10);
    expect(a.name).toBe(`limited(${over.name}, 480)`);
    expect(a.limit).toBe(480);
    const usable = over.usableSize(48, 16);
    const fits = Math.floor(480 / usable);
    withBlocks(a, fits, 48, () => {
      expect(a.used()).toBe(fits * usable);
      expect(() => a.allocate(48 * 3, 16)).toThrow(code('OUT_OF_MEMORY'));
      expect(a.unsafe.allocate(48 * 3, 16)).toBe(0);
      expect(a.used()).toBe(fits * usable);
    });
    expect(a.used()).toBe(0);
    expect(() => a.allocate(2 ** 52, 16)).toThrow(code('OUT_OF_MEMORY'));
  });

  test('a reallocation that does not fit leaves the block as it was', () => {
    using a = limited(over, 1000);
    const block = a.allocate(480, 16);
    fill(block, 480, 1);
    const used = a.used();
    expect(() => a.reallocate(block, 480, 2000, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(a.reallocateInplace(block, 480, 2000, 16)).toBe(a.usableSize(480, 16));
    expect(holds(block, 480, 1)).toBe(true);
    expect(a.used()).toBe(used);
    const smaller = a.reallocate(block, 480, 48, 16);
    expect(a.used()).toBe(a.usableSize(48, 16));
    a.deallocate(smaller, 48, 16);
    expect(a.used()).toBe(0);
  });
});

describe('over an allocator in JavaScript that comes back to it', () => {
  test('the limit holds', () => {
    const behind = refusing();
    using a = limited(behind, 100);
    const blocks: Address[] = [];
    let depth = 0;
    behind.before.allocate = () => {
      depth += 1;
      if (depth > 5) return;
      expect(a.used()).toBe(60);
      expect(() => a.allocate(60, 16)).toThrow(code('OUT_OF_MEMORY'));
      expect(a.unsafe.allocate(41, 16)).toBe(0);
      expect(a.used()).toBe(60);
    };
    blocks.push(a.allocate(60, 16));
    expect(a.used()).toBe(60);
    behind.before.allocate = () => {
      behind.before = {};
      expect(a.used()).toBe(100);
      expect(() => a.allocate(1, 1)).toThrow(code('OUT_OF_MEMORY'));
    };
    blocks.push(a.reallocate(blocks.pop()!, 60, 100, 16));
    expect(a.used()).toBe(100);
    a.deallocate(blocks.pop()!, 100, 16);
    expect(a.used()).toBe(0);
  });

  test('what it refuses is not counted', () => {
    const behind = refusing();
    using a = limited(behind, 100);
    const block = a.allocate(40, 16);
    behind.before.allocate = no;
    expect(() => a.allocate(40, 16)).toThrow('not today');
    expect(() => a.reallocate(block, 40, 90, 16)).toThrow('not today');
    expect(a.used()).toBe(40);
    behind.before = {};
    a.deallocate(block, 40, 16);
    expect(a.used()).toBe(0);
  });
});
