import {
  cached,
  checkAllocator,
  jemalloc,
  system,
  type Address,
  type RawAllocator,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { inJavaScript } from './support/in-javascript.js';

expectNoLeaks();

const backends = jemalloc.available ? [system, jemalloc] : [system];
const failedRules = (allocator: RawAllocator, rules?: Parameters<typeof checkAllocator>[1]) =>
  checkAllocator(allocator, rules)
    .rules.filter(({ outcome }) => outcome === 'failed')
    .map(({ id }) => id);

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  '%s',
  (_name, backend) => {
    test('keeps every rule, threads included', () => {
      const report = checkAllocator(backend);
      expect(report.rules.map(({ outcome }) => outcome)).toEqual(report.rules.map(() => 'passed'));
      expect(report).toMatchObject({ passed: true, seed: 1 });
      expect(report.rules).toHaveLength(18);
    });

    test('keeps them in another order of calls', () => {
      expect(failedRules(backend, { seed: 20_261_120 })).toEqual([]);
    });

    test('behind magazines, all but threads apply', () => {
      using cache = cached(backend);
      for (const door of [cache, cache.unsafe]) {
        const report = checkAllocator(door);
        expect(report.passed).toBe(true);
        const rest = report.rules.filter(({ outcome }) => outcome !== 'passed');
        expect(rest).toMatchObject([{ id: 'threads', outcome: 'not-applicable' }]);
      }
    });
  },
);

const liveBlocks = () => system.live().blocks;

describe('an allocator in JavaScript', () => {
  test('that is right passes', () => {
    expect(failedRules(inJavaScript({}))).toEqual([]);
  });

  test('that throws where memory is exhausted, as checked ones do, passes', () => {
    const {
      name: _name,
      unsafe: _unsafe,
      ...checked
    } = { ...inJavaScript({}), name: '', unsafe: 0 };
    const throwing = {
      ...checked,
      allocate: (size: number, align: number) => system.allocate(size, align),
      deallocate: (address: Address, oldSize: number, align: number) => {
        system.deallocate(address, oldSize, align);
      },
      reallocate: (address: Address, oldSize: number, size: number, align: number) =>
        system.reallocate(address, oldSize, size, align),
    };
    expect(failedRules(throwing, { rules: ['allocate', 'exhaustion', 'reallocate-null'] })).toEqual(
      [],
    );
  });

  test('that is broken is told by rule and counter-example', () => {
    const broken = inJavaScript({ usableSize: (size) => (size > 50 ? size - 1 : size) });
    const report = checkAllocator(broken, { rules: ['usable-size'] });
    expect(report.passed).toBe(false);
    expect(report.rules).toMatchObject([
      {
        id: 'usable-size',
        outcome: 'failed',
        counterExample: {
          message: 'usable_size(63, 1) gave 62, which is less than the size',
          values: { size: 63, align: 1, usable: '62' },
        },
      },
    ]);
  });

  test('that frees what it could not reallocate is told by that call, content changed or not', () => {
    const { unsafe } = system;
    const blocks = new Map<Address, number>();
    const freed: Address[] = [];
    const broken = inJavaScript({
      allocate: (size, align) => {
        const [again] = freed.splice(0, 1);
        if (again !== undefined) return again;
        const address = unsafe.allocate(size, align);
        if (address !== 0) blocks.set(address, size);
        return address;
      },
      reallocate: (address) => {
        freed.push(address);
        return 0 as Address;
      },
    });
    const [result] = checkAllocator(broken, { rules: ['reallocate-null'] }).rules;
    expect(result?.counterExample?.message).toMatch(
      /^reallocate\(0x[0-9a-f]+, 1, \d+, 1\) gave null, and others were allocated: two live blocks share memory: 0x/,
    );
    for (const [address, size] of blocks) unsafe.deallocate(address, size, 1);
  });

  test('whose large blocks are smaller than they are said to be is told so', () => {
    const { unsafe } = system;
    const length = 256 * 2 ** 20;
    const arena = unsafe.allocate(length, 16);
    let used = 0;
    const broken = inJavaScript({
      allocate: (size) => {
        if (used + size > length) return 0 as Address;
        const address = (arena + used) as Address;
        used += Math.ceil(size / 16) * 16;
        return address;
      },
      deallocate: () => undefined,
      usableSize: (size) => (size > 65_536 ? Math.ceil(size / 16) * 16 + 16 : size),
    });
    const [result] = checkAllocator(broken, { rules: ['usable-room'] }).rules;
    expect(result?.counterExample?.message).toContain('two live blocks share memory');
    expect(result?.counterExample?.values).toMatchObject({ size: 100_016 });
    unsafe.deallocate(arena, length, 16);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a bigint', 4096n],
    ['a fraction', 4096.5],
    ['a negative number', -4096],
  ])('that gives %s for an address is told so', (_name, address) => {
    const broken = inJavaScript({ allocate: () => address as Address });
    const [result] = checkAllocator(broken, { rules: ['allocate'] }).rules;
    expect(result?.counterExample?.message).toContain('which is no address');
  });

  test('whose function throws fails the rule, with what it threw', () => {
    const broken = inJavaScript({
      allocate: () => {
        throw new TypeError('not today');
      },
    });
    const [result] = checkAllocator(broken, { rules: ['overlap'] }).rules;
    expect(result?.counterExample?.message).toBe('a function threw TypeError: not today');
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ["'a text'", 'a text'],
    ['[Object: null prototype] {}', Object.create(null)],
  ])('may throw %s', (shown, value) => {
    const broken = inJavaScript({
      allocate: () => {
        throw value;
      },
    });
    for (const { counterExample } of checkAllocator(broken, { rules: ['overlap', 'exhaustion'] })
      .rules) {
      expect(counterExample?.message).toBe(`a function threw ${shown}`);
    }
  });

  test.each(['allocate', 'deallocate', 'reallocate', 'reallocateInplace'] as const)(
    'that throws in the 50th call of %s keeps no blocks of the suite',
    (name) => {
      let calls = 0;
      const right = inJavaScript({});
      const broken = inJavaScript({
        [name]: (...values: [Address, number, number, number]) => {
          calls += 1;
          if (calls === 50) throw new RangeError('the 50th');
          return (right[name] as (...values: unknown[]) => unknown)(...values);
        },
      });
      const before = liveBlocks();
      for (const { id } of checkAllocator(right).rules) {
        calls = 0;
        const [result] = checkAllocator(broken, { rules: [id] }).rules;
        if (calls < 50) continue;
        expect(result?.counterExample?.message).toBe('a function threw RangeError: the 50th');
      }
      expect(liveBlocks()).toBe(before);
    },
  );
});

test('the same seed tries the same calls', () => {
  const calls = (seed: number) => {
    const seen: number[] = [];
    const recorded = inJavaScript({
      allocate: (size, align) => {
        seen.push(size);
        return system.unsafe.allocate(size, align);
      },
    });
    checkAllocator(recorded, { seed, rules: ['model'] });
    return seen;
  };
  expect(calls(7)).toEqual(calls(7));
  expect(calls(7)).not.toEqual(calls(8));
});

test.each<[string, () => unknown]>([
  ['no allocator', () => checkAllocator({} as never)],
  ['a seed that is no integer', () => checkAllocator(system, { seed: 1.5 })],
  ['a seed that is too large', () => checkAllocator(system, { seed: 2 ** 32 })],
  ['a rule that does not exist', () => checkAllocator(system, { rules: ['speed' as never] })],
  ['no rules', () => checkAllocator(system, { rules: [] })],
  ['a hole for a rule', () => checkAllocator(system, { rules: new Array<'model'>(1) })],
  // @ts-expect-error -- an allocator is no file that has symbols
  ['a rule about library files', () => checkAllocator(system, { rules: ['symbols'] })],
])('%s is refused', (_name, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }));
});
