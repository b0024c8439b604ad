import {
  Block,
  abiTable,
  bump,
  cached,
  checked,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  setGlobalAllocator,
  system,
  type Address,
  type Allocator,
  type ComposedAllocator,
} from 'allomorph';
import { backendIdOf } from 'allomorph/allocators/backend';
import { run } from '../support/child.js';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';

// The backend id of a closed native allocator goes to the next one that is opened: whatever was kept of the
// closed one must not reach it.

expectNoLeaks();

const makers: Record<string, () => ComposedAllocator> = {
  limited: () => limited(system, 1e6),
  counted: () => counted(system),
  logged: () => logged(system, '/dev/null'),
  fallback: () => fallback(system, system),
  segregated: () => segregated(100, system, system),
  bump: () => bump(system),
  failing: () => failing(system, { after: 1e6 }),
  checked: () => checked(system),
};

/** What has its place now, with a block and with figures of its own. */
function successor(id: number | undefined) {
  const next = counted(system);
  expect(backendIdOf(next)).toBe(id);
  const block = next.allocate(700, 16);
  const expected = { counts: next.counts(), live: next.live() };
  const end = () => {
    expect({ counts: next.counts(), live: next.live() }).toEqual(expected);
    next.deallocate(block, 700, 16);
    next.close();
  };
  return { block, end };
}

/** All five functions, as taken from the object now. */
function taken(allocator: ComposedAllocator): ((block: Address) => unknown)[] {
  const allocate = allocator.allocate.bind(allocator);
  const deallocate = allocator.deallocate.bind(allocator);
  const reallocate = allocator.reallocate.bind(allocator);
  const reallocateInplace = allocator.reallocateInplace.bind(allocator);
  const usableSize = allocator.usableSize.bind(allocator);
  return [
    () => allocate(64, 16),
    (block) => deallocate(block, 700, 16),
    (block) => reallocate(block, 700, 800, 16),
    (block) => reallocateInplace(block, 700, 800, 16),
    () => usableSize(64, 16),
  ];
}

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('functions that were taken from it before are closed with it', () => {
    const a = make();
    const id = backendIdOf(a);
    const calls = taken(a);
    const { unsafe } = a;
    a.close();
    const next = successor(id);
    for (const call of calls) expect(() => call(next.block)).toThrow(code('CLOSED'));
    expect(a.live()).toEqual({ blocks: 0, bytes: 0 });
    expect(unsafe.allocate(64, 16)).toBe(0);
    unsafe.deallocate(next.block, 700, 16);
    expect(unsafe.reallocate(next.block, 700, 800, 16)).toBe(0);
    expect(unsafe.reallocateInplace(next.block, 700, 800, 16)).toBe(0);
    expect(unsafe.usableSize(64, 16)).toBe(0);
    next.end();
  });

  test.each([
    ['not extensible', Object.preventExtensions],
    ['sealed', Object.seal],
    ['frozen', Object.freeze],
  ])('one that is %s closes, and refuses everything', (_state, fix) => {
    const a = make();
    const id = backendIdOf(a);
    a.deallocate(a.allocate(64, 16), 64, 16);
    fix(a);
    const block = a.allocate(64, 16);
    expect(() => a.close()).toThrow(code('BUSY'));
    a.deallocate(block, 64, 16);
    a.close();
    a.close();
    const next = successor(id);
    for (const call of taken(a)) expect(() => call(next.block)).toThrow(code('CLOSED'));
    for (const use of [
      () => counted(a),
      () => counted(new Proxy(a, {})),
      () => setGlobalAllocator(Object.create(a) as Allocator),
      () => fallback(system, a),
      () => logged(a, () => undefined),
      () => cached(a),
      () => checked(a),
      () => Block.allocate(64, { allocator: a }),
      () => setGlobalAllocator(a),
      () => abiTable(a),
    ]) {
      expect(use).toThrow(code('CLOSED'));
    }
    expect(a.live()).toEqual({ blocks: 0, bytes: 0 });
    next.end();
  });
});

const readings: [string, () => [ComposedAllocator, ...(() => unknown)[]]][] = [
  [
    'limited',
    () => {
      const a = limited(system, 1000);
      return [a, () => a.used()];
    },
  ],
  [
    'counted',
    () => {
      const a = counted(system);
      return [a, () => a.counts()];
    },
  ],
  [
    'bump',
    () => {
      const a = bump(system);
      return [a, () => a.reset(), () => a.held()];
    },
  ],
  [
    'failing',
    () => {
      const a = failing(system, { after: 1 });
      return [a, () => a.failures()];
    },
  ],
];

test.each(readings)('readings of a frozen %s are closed with it', (_, make) => {
  const [a, ...calls] = make();
  const id = backendIdOf(a);
  Object.freeze(a).close();
  const next = successor(id);
  for (const call of calls) expect(call).toThrow(code('CLOSED'));
  next.end();
});

test.each(readings)('readings that were borrowed from a %s refuse another kind', (name, make) => {
  const [made, ...calls] = make();
  made.close();
  const source = `
    const { bump, counted, failing, limited, system } = require('allomorph');
    const makers = {
      limited: () => limited(system, 1000), counted: () => counted(system),
      bump: () => bump(system), failing: () => failing(system, { after: 1 }),
    };
    const made = makers.${name}();
    const own = Object.getPrototypeOf(made);
    const readings = ['used', 'counts', 'reset', 'held', 'failures'].filter((each) => each in own);
    for (const reading of readings) own[reading].call(made);
    for (const [other, make] of Object.entries(makers)) {
      if (other === '${name}') continue;
      for (const reading of readings) {
        try { console.log(other, reading, own[reading].call(make())); } catch (error) {
          if (!(error instanceof TypeError)) console.log(other, reading, error);
        }
      }
    }
    console.log(readings.length);`;
  expect(run(process.execPath, ['-e', source])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: `${String(calls.length)}\n`,
  });
});

test('an unsafe door that is kept keeps its backend open when its allocator is collected', () => {
  const source = `
    const { counted, system } = require('allomorph');
    const { unsafe } = counted(system);
    (async () => {
      for (let round = 0; round < 5; round++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const others = Array.from({ length: 3 }, () => counted(system));
      const block = unsafe.allocate(64, 16);
      console.log(block > 0, others.map((each) => each.counts().allocate).join());
    })();`;
  expect(run(process.execPath, ['--expose-gc', '-e', source])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'true 0,0,0\n',
  });
});
