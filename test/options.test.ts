import { runInNewContext } from 'node:vm';
import {
  Block,
  type BlockOptions,
  type CheckAllocatorOptions,
  BufferPool,
  bump,
  cached,
  checkAllocator,
  checked,
  failing,
  loadAllocator,
  system,
} from 'allomorph';
import { expectNoLeaks } from './support/leaks.js';

// One rule for all that take options; what each option may be is tested where it is.

expectNoLeaks();

const pool = new BufferPool();
afterAll(() => {
  pool.close();
});

const takers: readonly [string, valid: string, (options: never) => unknown, needed?: object][] = [
  ['Block.allocate', 'align, allocator, zero', (options) => Block.allocate(16, options)],
  [
    'BufferPool',
    'allocator, slabSize, maxSize, limit, scrub, zero, leakDetection',
    (options) => new BufferPool(options),
  ],
  [
    'createReadStream',
    'chunkSize, start, end, highWaterMark, signal',
    (options) => pool.createReadStream(__filename, options),
  ],
  ['bump', 'chunk', (options) => bump(system, options)],
  ['cached', 'maxSize, maxBytes, idle', (options) => cached(system, options)],
  ['checkAllocator', 'seed, rules', (options) => checkAllocator(system, options)],
  [
    'checked',
    'level, every, quarantine, frames, stacks, leaks',
    (options) => checked(system, options),
  ],
  ['failing', 'after, probability, seed', (options) => failing(system, options)],
  [
    'loadAllocator',
    'prefix, name, verify, timeout',
    (options) => loadAllocator('/lib/none.so', options),
  ],
];

describe.each(takers)('%s', (name, valid, call) => {
  const refused = (message: unknown) =>
    expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT', message }) as Error;

  test.each([
    ['null', null],
    ["'utf8'", 'utf8'],
    ['5 (number)', 5],
    ['[]', []],
    ["Map(1) { 'limit' => 1 }", new Map([['limit', 1]])],
    ['Set(0) {}', new Set()],
    ['1970-01-01T00:00:00.000Z', new Date(0)],
    ['/x/', /x/],
    ['[Number: 16]', new Number(16)],
    ['Uint8Array(1) [ 0 ]', new Uint8Array(1)],
    ['<Revoked Proxy>', revoked()],
  ])('refuses %s for its options', (shown, options) => {
    expect(() => call(options as never)).toThrow(
      refused(`${name}: options must be an object with ${valid}; got ${shown}.`),
    );
  });

  test.each([
    ['a SharedArrayBuffer', new SharedArrayBuffer(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an error', new Error('x')],
    ['a WeakMap', new WeakMap()],
    ['a promise', Promise.resolve(1)],
    ['a Map of another realm', runInNewContext('new Map()')],
    ['an array of another realm', runInNewContext('[]')],
  ])('refuses %s', (_what, options) => {
    expect(() => call(options as never)).toThrow(
      refused(expect.stringContaining(`${name}: options must be an object with ${valid}; got `)),
    );
  });

  test.each([
    ['a proxy', new Proxy({}, { ownKeys: unreadable })],
    [
      'an accessor',
      Object.defineProperty({}, valid.split(', ')[0]!, { get: unreadable, enumerable: true }),
    ],
  ])('refuses %s that throws', (_what, options) => {
    expect(() => call(options as never)).toThrow(
      refused(expect.stringMatching(/cannot be looked at: unreadable; got /)),
    );
  });

  test('names an unknown option, and lists those there are', () => {
    expect(() => call({ encoding: 'utf8' } as never)).toThrow(
      refused(`${name}: options.encoding is no option: there are ${valid}; got 'utf8'.`),
    );
  });

  test.each(valid.split(', '))('null is no value of %s', (option) => {
    expect(() => call({ [option]: null } as never)).toThrow(
      refused(`${name}: options.${option} cannot be null: leave it out for its default; got null.`),
    );
  });
});

function unreadable(): never {
  throw new TypeError('unreadable');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test.each([
  ['without a prototype', Object.assign(Object.create(null) as object, { align: 64 })],
  ['of another realm', runInNewContext('({ align: 64 })')],
  [
    'of a class',
    new (class Options {
      align = 64;
    })(),
  ],
  ['of a class that calls itself Map', { align: 64, [Symbol.toStringTag]: 'Map' }],
  ['behind a proxy', new Proxy({ align: 64 }, {})],
])('an object %s is as good as a plain one', (_what, options) => {
  using block = Block.allocate(16, options as BlockOptions);
  expect(block.align).toBe(64);
});

test('undefined is what is left out', () => {
  const all = (valid: string) =>
    Object.fromEntries(valid.split(', ').map((option) => [option, undefined])) as never;
  for (const [name, valid, call] of takers) {
    if (name === 'loadAllocator' || name === 'failing' || name === 'checkAllocator') continue;
    const made = call(all(valid)) as { destroy?(): void } & Partial<Disposable>;
    if (made.destroy === undefined) made[Symbol.dispose]?.();
    else made.destroy();
  }
});

// Without casts, as the compiler of these tests tells the two apart (exactOptionalPropertyTypes).
test('undefined is what is left out to TypeScript, too', () => {
  using front = failing(system, { after: 1, seed: undefined, probability: undefined });
  expect(front.name).toBe('failing(system, { after: 1 })');
  using chunks = bump(system, { chunk: undefined });
  expect(chunks.chunk).toBe(65_536);
  using cache = cached(system, { maxSize: undefined, maxBytes: undefined, idle: undefined });
  expect(cache.stats().blocks).toBe(0);
  const options = { every: undefined, quarantine: undefined, frames: undefined, stacks: undefined };
  using watched = checked(system, { level: undefined, leaks: undefined, ...options });
  expect(watched.level).toBe('poison');
  const all: CheckAllocatorOptions = { seed: undefined, rules: undefined };
  expect(checkAllocator(system, { ...all, rules: ['usable-size'] }).seed).toBe(1);
  const loading = { prefix: undefined, name: undefined, verify: undefined, timeout: undefined };
  expect(() => loadAllocator('/lib/none.so', loading)).toThrow(/none\.so/);
});

test('what somebody added to Object.prototype is no option', () => {
  Object.defineProperty(Object.prototype, 'added', {
    value: 1,
    enumerable: true,
    configurable: true,
  });
  try {
    Block.allocate(16, { align: 16 }).free();
  } finally {
    delete (Object.prototype as { added?: unknown }).added;
  }
});
