import {
  checkAllocator,
  defineAllocator,
  system,
  type Address,
  type RawAllocator,
} from 'allomorph';
import { inJavaScript } from './support/in-javascript.js';

// What fails a rule is not given back, so that nothing is asked about leaks here.

const failedRules = (allocator: RawAllocator, rules?: Parameters<typeof checkAllocator>[1]) =>
  checkAllocator(allocator, rules)
    .rules.filter(({ outcome }) => outcome === 'failed')
    .map(({ id }) => id);

describe('a header in front of each block, without a look for null', () => {
  const header = 16;
  const five = {
    name: 'header',
    allocate: (size: number, align: number) =>
      system.unsafe.allocate(size + header, align) + header,
    deallocate: (address: number, size: number, align: number) => {
      system.unsafe.deallocate((address - header) as Address, size + header, align);
    },
  };
  const message =
    'allocate(4503599627370496, 1) gave 0x10, and no address space holds that many bytes';

  test.each(['exhaustion', 'reallocate-null'] as const)(
    '%s tells it, and touches nothing there',
    (rule) => {
      const [result] = checkAllocator(defineAllocator(five), { rules: [rule] }).rules;
      expect(result).toMatchObject({ outcome: 'failed', counterExample: { message } });
    },
  );

  test('all rules are tried, and these two fail; over-aligned blocks are not aligned', () => {
    expect(failedRules(defineAllocator(five))).toEqual([
      'over-alignment',
      'reallocate-over-aligned',
      'exhaustion',
      'reallocate-null',
      'model-over-aligned',
    ]);
  });
});

const endOfMemory = process.arch === 'x64' ? 2 ** 47 : 2 ** 48;

test.each([16, 4096, endOfMemory - 4096, endOfMemory, 2 ** 48 - 4096, 2 ** 48, 2 ** 53 - 4096])(
  'no rule touches the address %d, in the first 64 KiB or beyond the address space',
  (address) => {
    const nowhere = inJavaScript({ allocate: () => address as Address });
    const report = checkAllocator(nowhere);
    const passed = report.rules.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id);
    expect(passed).toEqual(['usable-size-stable']);
  },
);

test.each([4096, endOfMemory - 4096, 2 ** 48 - 4096])(
  'what is reallocated to the address %d is not looked at there',
  (address) => {
    const lost = inJavaScript({ reallocate: () => address as Address });
    expect(failedRules(lost)).toEqual(expect.arrayContaining(['old-size', 'reallocate', 'model']));
  },
);

test.each([endOfMemory - 16, endOfMemory, 2 ** 48 - 16, 2 ** 52])(
  'a usable size of %d, beyond the address space, is not written to',
  (usable) => {
    const rules = ['usable-room', 'old-size', 'model', 'model-over-aligned'] as const;
    const broken = inJavaScript({ usableSize: () => usable });
    expect(failedRules(broken, { rules: [...rules] })).toEqual([...rules]);
  },
);

test('a usable size that no address space has is told so', () => {
  const broken = inJavaScript({ usableSize: () => 2 ** 52 });
  const [result] = checkAllocator(broken, { rules: ['usable-size'] }).rules;
  expect(result?.counterExample?.message).toBe(
    'usable_size(1, 1) gave 4503599627370496, which is more than an address space has',
  );
});

test('nor is what a resize in place reports beyond it', () => {
  for (const now of [endOfMemory - 16, 2 ** 52]) {
    const broken = inJavaScript({ reallocateInplace: () => now });
    expect(failedRules(broken)).toEqual(['inplace-room', 'model', 'model-over-aligned']);
  }
});
