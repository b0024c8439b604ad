import { AllomorphError, fromBigInt, jemalloc, system, toBigInt, type Address } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const backends = jemalloc.available ? [system, jemalloc] : [system];
const align = 16;

interface Refusal {
  value: unknown;
  /** What the message must show of the value. */
  shown: string;
}

const badSizes: Refusal[] = [
  { value: 0, shown: '0' },
  { value: -1, shown: '-1' },
  { value: 1.5, shown: '1.5' },
  { value: NaN, shown: 'NaN' },
  { value: Infinity, shown: 'Infinity' },
  { value: 2 ** 53, shown: '9007199254740992' },
  { value: '64', shown: "'64'" },
  { value: 64n, shown: '64n' },
  { value: null, shown: 'null' },
  { value: undefined, shown: 'undefined' },
  { value: {}, shown: '{}' },
];
const badAlignments: Refusal[] = [
  { value: 0, shown: '0' },
  { value: 3, shown: '3' },
  { value: 24, shown: '24' },
  { value: -16, shown: '-16' },
  { value: 2.5, shown: '2.5' },
  { value: NaN, shown: 'NaN' },
  { value: 2 ** 31, shown: '2147483648' },
  { value: 2 ** 40, shown: '1099511627776' },
  { value: 2 ** 32 + 16, shown: '4294967312' },
  { value: '16', shown: "'16'" },
  { value: 16n, shown: '16n' },
  { value: undefined, shown: 'undefined' },
];
const badAddresses: Refusal[] = [
  { value: 0, shown: '0' },
  { value: -4096, shown: '-4096' },
  { value: 4096.5, shown: '4096.5' },
  { value: NaN, shown: 'NaN' },
  { value: 2 ** 53, shown: '9007199254740992' },
  { value: 4097, shown: '0x1001' }, // misaligned
  { value: '4096', shown: "'4096'" },
  { value: 4096n, shown: '4096n' },
  { value: undefined, shown: 'undefined' },
];

function refusal(use: () => unknown): AllomorphError {
  try {
    use();
  } catch (error) {
    expect(error).toBeInstanceOf(AllomorphError);
    return error as AllomorphError;
  }
  throw new Error('nothing was thrown');
}

describe.each(backends)('$name refuses', (allocator) => {
  const any = allocator as unknown as Record<string, (...args: unknown[]) => unknown>;

  describe.each(badSizes)('size $shown', ({ value, shown }) => {
    test.each([
      ['allocate', [value, align]],
      ['usableSize', [value, align]],
      ['deallocate', [4096, value, align]],
      ['reallocate', [4096, value, 64, align]],
      ['reallocate', [4096, 64, value, align]],
      ['reallocateInplace', [4096, value, 64, align]],
      ['reallocateInplace', [4096, 64, value, align]],
    ])('%s(%p)', (method, args) => {
      const error = refusal(() => any[method]!(...args));
      expect(error.code).toBe('ERR_ALLOMORPH_INVALID_SIZE');
      expect(error.message).toContain(shown);
      expect(error.message).toMatch(/must be an integer from 1 to 2\^53 - 1/);
      expect(Object.values(error.values)).toContainEqual(value);
    });
  });

  describe.each(badAlignments)('alignment $shown', ({ value, shown }) => {
    test.each([
      ['allocate', [64, value]],
      ['usableSize', [64, value]],
      ['deallocate', [4096, 64, value]],
      ['reallocate', [4096, 64, 128, value]],
      ['reallocateInplace', [4096, 64, 128, value]],
    ])('%s(%p)', (method, args) => {
      const error = refusal(() => any[method]!(...args));
      expect(error.code).toBe('ERR_ALLOMORPH_INVALID_ALIGNMENT');
      expect(error.message).toContain(shown);
      expect(error.message).toMatch(/must be a power of two from 1 to 2\^30/);
    });
  });

  describe.each(badAddresses)('address $shown', ({ value, shown }) => {
    test.each([
      ['deallocate', [value, 64, align]],
      ['reallocate', [value, 64, 128, align]],
      ['reallocateInplace', [value, 64, 128, align]],
    ])('%s(%p)', (method, args) => {
      const error = refusal(() => any[method]!(...args));
      expect(error.code).toBe('ERR_ALLOMORPH_INVALID_ADDRESS');
      expect(error.message).toContain(shown);
    });
  });

  describe('a block that is not its own to free', () => {
    const uses: [string, (address: Address, oldSize: number, alignment: number) => unknown][] = [
      [
        'deallocate',
        (...block) => {
          allocator.deallocate(...block);
        },
      ],
      [
        'reallocate',
        (address, oldSize, alignment) => allocator.reallocate(address, oldSize, 4000, alignment),
      ],
      [
        'reallocateInplace',
        (address, oldSize, alignment) =>
          allocator.reallocateInplace(address, oldSize, 4000, alignment),
      ],
    ];

    test.each(uses)('%s: freed already', (_name, use) => {
      const address = allocator.allocate(100, align);
      allocator.deallocate(address, 100, align);
      const error = refusal(() => use(address, 100, align));
      expect(error.code).toBe('ERR_ALLOMORPH_UNKNOWN_BLOCK');
      expect(error.message).toContain(`0x${address.toString(16)}`);
    });

    test.each(uses)('%s: never allocated', (_name, use) => {
      expect(refusal(() => use(0x1000 as Address, 100, align)).code).toBe(
        'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      );
    });

    test.each(uses)('%s: inside another block', (_name, use) => {
      const address = allocator.allocate(100, align);
      expect(refusal(() => use((address + 16) as Address, 84, align)).code).toBe(
        'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      );
      allocator.deallocate(address, 100, align);
    });

    test.each(uses)('%s: through the unsafe door', (_name, use) => {
      const address = allocator.unsafe.allocate(100, align);
      expect(refusal(() => use(address, 100, align)).code).toBe('ERR_ALLOMORPH_UNKNOWN_BLOCK');
      allocator.unsafe.deallocate(address, 100, align);
    });

    test.each(uses)('%s: wrong size, and the block stays usable', (_name, use) => {
      const address = allocator.allocate(100, align);
      const usable = allocator.usableSize(100, align);
      for (const wrong of [1, 99, usable + 1, 1_000_000]) {
        const error = refusal(() => use(address, wrong, align));
        expect(error.code).toBe('ERR_ALLOMORPH_SIZE_MISMATCH');
        expect(error.message).toContain(String(wrong));
        expect(error.message).toContain('100');
      }
      allocator.deallocate(address, 100, align);
    });

    test.each(uses)('%s: wrong alignment, and the block stays usable', (_name, use) => {
      const address = allocator.allocate(100, 64);
      for (const wrong of [1, 16, 32]) {
        const error = refusal(() => use(address, 100, wrong));
        expect(error.code).toBe('ERR_ALLOMORPH_ALIGNMENT_MISMATCH');
        expect(error.message).toContain('64');
      }
      allocator.deallocate(address, 100, 64);
    });

    test('of the other backend', () => {
      for (const other of backends.filter((candidate) => candidate !== allocator)) {
        const address = other.allocate(100, align);
        const error = refusal(() => {
          allocator.deallocate(address, 100, align);
        });
        expect(error.code).toBe('ERR_ALLOMORPH_FOREIGN_BLOCK');
        expect(error.message).toContain(other.name);
        other.deallocate(address, 100, align);
      }
    });
  });

  test('a shrink in place leaves a block that every allowed oldSize frees', () => {
    for (const oldSize of [8, 100, 4096]) {
      const address = allocator.allocate(4096, align);
      const now = allocator.reallocateInplace(address, 4096, 8, align);
      expect(now).toBeGreaterThanOrEqual(8);
      allocator.deallocate(address, Math.min(oldSize, now), align);
    }
  });
});

describe('addresses as bigints', () => {
  test('there and back', () => {
    for (const value of [1, 4096, 2 ** 47, Number.MAX_SAFE_INTEGER]) {
      expect(toBigInt(value as Address)).toBe(BigInt(value));
      expect(fromBigInt(BigInt(value))).toBe(value);
    }
  });

  test.each([0, -1, 1.5, NaN, 2 ** 53, '1', 1n, undefined])('toBigInt refuses %p', (value) => {
    expect(refusal(() => toBigInt(value as Address)).code).toBe('ERR_ALLOMORPH_INVALID_ADDRESS');
  });

  test.each([0n, -1n, 2n ** 53n, 2n ** 64n, 1, '1', undefined])(
    'fromBigInt refuses %p',
    (value) => {
      expect(refusal(() => fromBigInt(value as bigint)).code).toBe('ERR_ALLOMORPH_INVALID_ADDRESS');
    },
  );
});

describe('the unsafe door', () => {
  test('takes numbers only: a bigint throws instead of being read as something else', () => {
    expect(() => system.unsafe.allocate(64n as unknown as number, 16)).toThrow(TypeError);
  });
});

describe('an allocator object that was tampered with', () => {
  const symbol = Symbol.for('allomorph.backend');

  test('keeps its backend', () => {
    expect(() => Object.assign(system, { [symbol]: 99 })).toThrow(TypeError);
    const address = system.allocate(64, 16);
    system.deallocate(address, 64, 16);
  });

  test('refuses a foreign this', () => {
    for (const self of [
      {},
      { [symbol]: 200 },
      Object.create(system) as object,
      new Proxy(system, {}),
    ]) {
      expect(() => system.allocate.call(self as typeof system, 64, 16)).toThrow(TypeError);
    }
  });
});
