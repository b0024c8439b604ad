import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  bump,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  type Address,
  type Allocator,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms, withBlocks } from './support/forms.js';

expectNoLeaks();

const outOfMemory = expect.objectContaining({ code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });
// Written down from another implementation of splitmix64.
const expectedPlaces = '1100001100001011100000001000000000110000010001000000000001001000';
const code = (name: string) =>
  expect.objectContaining({ code: `ERR_ALLOMORPH_${name}` }) as unknown as Error;

describe.each(forms)('over $form', ({ over }) => {
  describe('limited', () => {
    test('has so many bytes, and no more', () => {
      using a = limited(over, 48 * 10);
      expect(a.name).toBe(`limited(${over.name}, 480)`);
      expect(a.limit).toBe(480);
      const usable = over.usableSize(48, 16);
      const fits = Math.floor(480 / usable);
      withBlocks(a, fits, 48, () => {
        expect(a.used()).toBe(fits * usable);
        expect(() => a.allocate(48 * 3, 16)).toThrow(outOfMemory);
        expect(a.unsafe.allocate(48 * 3, 16)).toBe(0);
        expect(a.used()).toBe(fits * usable);
      });
      expect(a.used()).toBe(0);
      expect(() => a.allocate(2 ** 52, 16)).toThrow(outOfMemory);
    });

    test('a reallocation that does not fit leaves the block as it was', () => {
      using a = limited(over, 1000);
      const block = a.allocate(480, 16);
      fill(block, 480, 1);
      const used = a.used();
      expect(() => a.reallocate(block, 480, 2000, 16)).toThrow(outOfMemory);
      expect(a.reallocateInplace(block, 480, 2000, 16)).toBe(a.usableSize(480, 16));
      expect(holds(block, 480, 1)).toBe(true);
      expect(a.used()).toBe(used);
      const smaller = a.reallocate(block, 480, 48, 16);
      expect(a.used()).toBe(a.usableSize(48, 16));
      a.deallocate(smaller, 48, 16);
      expect(a.used()).toBe(0);
    });
  });

  test('counted: calls, blocks and bytes', () => {
    using behind = limited(over, 10_000);
    using a = counted(behind);
    expect(a.name).toBe(`counted(${behind.name})`);
    const usable = (size: number) => over.usableSize(size, 16);
    const first = a.allocate(100, 16);
    const second = a.unsafe.allocate(200, 16);
    const moved = a.reallocate(first, 100, 1000, 16);
    a.unsafe.reallocateInplace(second, 200, 2 ** 30, 16);
    expect(() => a.allocate(20_000, 16)).toThrow(outOfMemory);
    expect(() => a.reallocate(moved, 1000, 20_000, 16)).toThrow(outOfMemory);
    const { usableSize: _, ...counts } = a.counts();
    expect(counts).toEqual({
      allocate: 3,
      deallocate: 0,
      reallocate: 2,
      reallocateInplace: 1,
      failed: 2,
      liveBlocks: 2,
      liveBytes: usable(200) + usable(1000),
      peakBytes: usable(200) + usable(1000),
      totalBytes: usable(200) + usable(1000),
    });
    a.deallocate(moved, 1000, 16);
    a.unsafe.deallocate(second, 200, 16);
    expect(a.counts()).toMatchObject({ deallocate: 2, liveBlocks: 0, liveBytes: 0 });
    expect(a.counts().peakBytes).toBe(usable(200) + usable(1000));
  });

  describe('logged', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-'));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    const use = (a: Allocator) => {
      const block = a.allocate(100, 16);
      const moved = a.reallocate(block, 100, 100_000, 16);
      const now = a.reallocateInplace(moved, 100_000, 2 ** 47, 16);
      a.deallocate(moved, 100_000, 16);
      expect(() => a.allocate(2 ** 46, 32)).toThrow(outOfMemory);
      const [before, after] = [block.toString(16), moved.toString(16)];
      return [
        `allocate(100, 16) = 0x${before}`,
        `reallocate(0x${before}, 100, 100000, 16) = 0x${after}`,
        `reallocate_inplace(0x${after}, 100000, ${String(2 ** 47)}, 16) = ${String(now)}`,
        `deallocate(0x${after}, 100000, 16)`,
        `allocate(${String(2 ** 46)}, 32) = 0x0`,
      ];
    };

    test('to a file, which is appended to', () => {
      const file = path.join(folder, 'appended');
      const expected: string[] = [];
      for (let round = 0; round < 2; round++) {
        using behind = limited(over, 2 ** 40);
        using a = logged(behind, file);
        expect(a.name).toBe(`logged(${behind.name})`);
        expected.push(...use(a));
      }
      expect(readFileSync(file, 'utf8')).toBe(expected.map((line) => `${line}\n`).join(''));
    });

    test('to a function and to a stream', () => {
      const lines: string[] = [];
      {
        using behind = limited(over, 2 ** 40);
        using a = logged(behind, (line) => lines.push(line));
        expect(lines).toEqual([]);
        expect(use(a)).toEqual(lines);
      }
      let text = '';
      using behind = limited(over, 2 ** 40);
      using a = logged(behind, { write: (more: string) => (text += more) });
      expect(`${use(a).join('\n')}\n`).toBe(text);
    });

    test('a sink that throws changes nothing about the allocation, and is told of once', () => {
      const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
      using a = logged(over, () => {
        throw new Error('the sink is full');
      });
      withBlocks(a, 3, 100, (blocks) => expect(new Set(blocks).size).toBe(3));
      expect(warn.mock.calls).toEqual([
        [
          expect.stringContaining('the sink is full'),
          { type: 'AllomorphWarning', code: 'ALLOMORPH_LOG_FAILED' },
        ],
      ]);
      warn.mockRestore();
    });

    test('a file that cannot be opened', () => {
      expect(() => logged(over, '/no/such/folder/file')).toThrow(
        expect.objectContaining({ code: 'ERR_ALLOMORPH_SYSTEM' }),
      );
    });
  });

  describe('fallback', () => {
    test('takes from the second what the first does not have, and gives it back there', () => {
      using first = limited(over, 300);
      using second = limited(over, 5000);
      using a = fallback(first, second);
      expect(a.name).toBe(`fallback(${first.name}, ${second.name})`);
      const one = a.allocate(250, 16);
      expect([first.used() > 0, second.used()]).toEqual([true, 0]);
      const two = a.allocate(250, 16);
      fill(one, 250, 1);
      fill(two, 250, 2);
      // No room in the first: it moves.
      const moved = a.reallocate(one, 250, 1500, 16);
      expect(first.used()).toBe(0);
      expect(holds(moved, 250, 1)).toBe(true);
      // No room in either.
      expect(() => a.reallocate(moved, 1500, 6000, 16)).toThrow(outOfMemory);
      expect(holds(moved, 250, 1) && holds(two, 250, 2)).toBe(true);
      a.deallocate(two, 250, 16);
      a.deallocate(moved, 1500, 16);
      expect([first.used(), second.used()]).toEqual([0, 0]);
      expect(() => a.allocate(6000, 16)).toThrow(outOfMemory);
    });

    test('a block of the second moves to the first when only that has room', () => {
      using first = limited(over, 1024);
      using second = limited(over, 100);
      using a = fallback(first, second);
      const filling = a.allocate(1000, 16);
      const block = a.allocate(90, 16);
      fill(block, 90, 4);
      expect(second.used()).toBeGreaterThan(0);
      a.deallocate(filling, 1000, 16);
      const moved = a.reallocate(block, 90, 900, 16);
      expect(holds(moved, 90, 4)).toBe(true);
      expect(second.used()).toBe(0);
      a.deallocate(moved, 900, 16);
    });
  });

  test('segregated: by size, and never across the threshold in place', () => {
    using small = counted(over);
    using large = counted(over);
    using a = segregated(1001, small, large);
    expect(a.name).toBe(`segregated(1001, ${small.name}, ${large.name})`);
    const live = () => [small.counts().liveBlocks, large.counts().liveBlocks];
    expect(a.usableSize(1001, 16)).toBe(1001);
    const block = a.allocate(1000, 16);
    fill(block, 1000, 3);
    expect(live()).toEqual([1, 0]);
    expect(a.reallocateInplace(block, 1000, 1002, 16)).toBe(a.usableSize(1000, 16));
    const grown = a.reallocate(block, 1000, 100_000, 16);
    expect(live()).toEqual([0, 1]);
    const now = a.reallocateInplace(grown, 100_000, 10, 16);
    expect(now).toBeGreaterThan(1001);
    const shrunk = a.reallocate(grown, now, 1000, 16);
    expect(holds(shrunk, 1000, 3)).toBe(true);
    expect(live()).toEqual([1, 0]);
    a.deallocate(shrunk, 1000, 16);
    expect(live()).toEqual([0, 0]);
  });

  describe('bump', () => {
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
      expect(() => a.allocate(6000, 16)).toThrow(outOfMemory);
      expect(() => a.reallocate(block, 4000, 6000, 16)).toThrow(outOfMemory);
      expect(holds(block, 4000, 1)).toBe(true);
      a.deallocate(block, 4000, 16);
    });
  });

  describe('failing', () => {
    const failures = (a: Allocator, calls: number) =>
      Array.from({ length: calls }, () => {
        const block = a.unsafe.allocate(16, 16);
        if (block !== 0) a.unsafe.deallocate(block, 16, 16);
        return block === 0;
      });

    test('after so many calls', () => {
      using a = failing(over, { after: 3 });
      expect(a.name).toBe(`failing(${over.name}, { after: 3 })`);
      const block = a.allocate(100, 16);
      fill(block, 100, 1);
      const moved = a.reallocate(block, 100, 200, 16);
      a.deallocate(a.allocate(1, 1), 1, 1);
      expect(() => a.allocate(1, 1)).toThrow(outOfMemory);
      expect(() => a.reallocate(moved, 200, 100, 16)).toThrow(outOfMemory);
      expect(holds(moved, 100, 1)).toBe(true);
      expect(a.failures()).toBe(2);
      a.deallocate(moved, 200, 16);
    });

    test('with a probability: everywhere in the places that the seed says', () => {
      using a = failing(over, { probability: 0.25, seed: 2 ** 53 - 1 });
      const places = failures(a, 64).map(Number).join('');
      expect(places).toBe(expectedPlaces);
      using never = failing(over, { probability: 0 });
      using always = failing(over, { probability: 1 });
      expect(failures(never, 100)).not.toContain(true);
      expect(failures(always, 100)).not.toContain(false);
      expect(always.failures()).toBe(100);
    });
  });

  describe('the checked door', () => {
    test.each([
      ['counted', () => counted(over)],
      ['bump', () => bump(over)],
      ['segregated', () => segregated(500, over, over)],
    ] as const)('of %s refuses misuse, and the block stays', (_, make) => {
      using a = make();
      using other = counted(over);
      const block = a.allocate(1000, 16);
      const foreign = other.allocate(1000, 16);
      fill(block, 1000, 5);
      const misuse = (address: Address, size: number, align: number) => [
        () => a.deallocate(address, size, align),
        () => a.reallocate(address, size, 2000, align),
        () => a.reallocateInplace(address, size, 2000, align),
      ];
      const cases: [Address, number, number, string][] = [
        [block, 999, 16, 'SIZE_MISMATCH'],
        [block, a.usableSize(1000, 16) + 1, 16, 'SIZE_MISMATCH'],
        [block, 1000, 8, 'ALIGNMENT_MISMATCH'],
        [(block + 16) as Address, 1000, 16, 'UNKNOWN_BLOCK'],
        [(block + 1) as Address, 1000, 16, 'INVALID_ADDRESS'],
        [0 as Address, 1000, 16, 'INVALID_ADDRESS'],
        [block, 0, 16, 'INVALID_SIZE'],
        [block, 1000, 3, 'INVALID_ALIGNMENT'],
      ];
      for (const [address, size, align, name] of cases) {
        for (const call of misuse(address, size, align)) expect(call).toThrow(code(name));
      }
      for (const call of misuse(foreign, 1000, 16)) {
        expect(call).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/FOREIGN_BLOCK|UNKNOWN_BLOCK/) }),
        );
      }
      expect(() => a.allocate(0, 16)).toThrow(code('INVALID_SIZE'));
      expect(() => a.allocate(16, 3)).toThrow(code('INVALID_ALIGNMENT'));
      expect(() => a.usableSize(0, 16)).toThrow(code('INVALID_SIZE'));
      expect(holds(block, 1000, 5)).toBe(true);
      expect(a.live().blocks).toBe(1);
      a.deallocate(block, 1000, 16);
      for (const call of misuse(block, 1000, 16)) expect(call).toThrow(code('UNKNOWN_BLOCK'));
      other.deallocate(foreign, 1000, 16);
    });
  });
});
