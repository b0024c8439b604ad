import {
  Block,
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
  const refused = (message: string) =>
    expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT', message }) as Error;

  test.each([
    ['null', null],
    ["'utf8'", 'utf8'],
    ['5 (number)', 5],
    ['[]', []],
  ])('refuses %s for its options', (shown, options) => {
    expect(() => call(options as never)).toThrow(
      refused(`${name}: options must be an object with ${valid}; got ${shown}.`),
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

test('undefined is what is left out', () => {
  const all = (valid: string) =>
    Object.fromEntries(valid.split(', ').map((option) => [option, undefined])) as never;
  for (const [name, valid, call] of takers) {
    if (name === 'loadAllocator' || name === 'failing' || name === 'checkAllocator') continue;
    const made = call(all(valid)) as { destroy?(): void } & Partial<Disposable>;
    if (made.destroy === undefined) made[Symbol.dispose]?.();
    else made.destroy();
  }
  using front = failing(system, { after: 1, seed: undefined, probability: undefined } as never);
  expect(front.name).toBe('failing(system, { after: 1 })');
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
