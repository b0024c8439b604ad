import { AllomorphError, BufferPool, jemalloc, limited, system, type Allocator } from 'allomorph';
import { node } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const slabSize = 65_536;
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as AllomorphError).code;
  }
  return 'none';
};

test.each([0, 1, 63, 64, 1000, 1024, 1025, 4096, 100_000, 1 << 20, (1 << 20) + 1, 5 << 20])(
  'a buffer of %i bytes is a plain Buffer of exactly that length',
  (size) => {
    using pool = new BufferPool();
    const buffer = pool.alloc(size);
    expect(buffer).toHaveLength(size);
    expect(Object.getPrototypeOf(buffer)).toBe(Buffer.prototype);
    expect(Object.getOwnPropertySymbols(buffer)).toEqual([]);
    expect(buffer.equals(Buffer.alloc(size))).toBe(true);
    expect(buffer.byteOffset % 16).toBe(0);
    expect(pool.capacity(buffer)).toBeGreaterThanOrEqual(size);
    pool.free(buffer);
    expect(pool.stats().live).toEqual({ buffers: 0, bytes: 0 });
  },
);

test('a slot is at most a quarter larger than the buffer, and below 512 KiB an eighth', () => {
  using pool = new BufferPool();
  const powers = Array.from({ length: 13 }, (_, power) => 256 << power);
  const sizes = Array.from({ length: 900 }, (_, index) => Math.floor(129 * 1.01 ** index));
  for (const size of [...sizes, ...powers.flatMap((power) => [power - 1, power, power + 1])]) {
    if (size > 1 << 20) continue;
    const buffer = pool.allocUnsafe(size);
    expect(pool.capacity(buffer)).toBeGreaterThanOrEqual(size);
    expect(pool.capacity(buffer) / size).toBeLessThan(size <= 1 << 19 ? 1.15 : 1.27);
    pool.free(buffer);
  }
});

test('a freed buffer is handed out again, and slices of it are not part of it', () => {
  using pool = new BufferPool({ slabSize });
  const first = pool.allocUnsafe(100);
  first.fill(1);
  const slice = first.subarray(0, 10);
  pool.free(first);
  const second = pool.allocUnsafe(100);
  expect(second).toBe(first);
  expect(codeOf(() => pool.free(slice))).toBe('ERR_ALLOMORPH_FOREIGN_BUFFER');
  pool.free(second);
  expect(codeOf(() => pool.free(second))).toBe('ERR_ALLOMORPH_FREED');
});

test('leakDetection "all" finds a double free even when the memory was handed out again', () => {
  using pool = new BufferPool({ slabSize, leakDetection: 'all' });
  const first = pool.allocUnsafe(100);
  pool.free(first);
  const second = pool.allocUnsafe(100);
  expect(second).not.toBe(first);
  expect(second.byteOffset).toBe(first.byteOffset);
  expect(codeOf(() => pool.free(first))).toBe('ERR_ALLOMORPH_FREED');
  pool.free(second);
});

test('resize keeps bytes and place, and replaces the buffer', () => {
  using pool = new BufferPool({ slabSize, zero: true, scrub: true });
  const long = pool.allocUnsafe(1000);
  long.fill(7);
  const short = pool.resize(long, 10);
  expect([short.length, short.byteOffset]).toEqual([10, long.byteOffset]);
  expect(codeOf(() => pool.free(long))).toBe('ERR_ALLOMORPH_FREED');
  const whole = pool.resize(short, pool.capacity(short));
  expect(whole.subarray(0, 10).every((byte) => byte === 7)).toBe(true);
  expect(whole.subarray(10).every((byte) => byte === 0)).toBe(true);
  expect(pool.resize(whole, whole.length)).toBe(whole);
  for (const length of [-1, 1.5, whole.length + 1, NaN]) {
    expect(codeOf(() => pool.resize(whole, length))).toBe('ERR_ALLOMORPH_INVALID_SIZE');
  }
  pool.free(whole);
  expect(pool.stats().live).toEqual({ buffers: 0, bytes: 0 });
});

test('scrub wipes on free; without it, and without zero, old bytes show', () => {
  for (const scrub of [false, true]) {
    using pool = new BufferPool({ slabSize, scrub });
    const buffer = pool.allocUnsafe(50);
    buffer.fill(9);
    pool.free(buffer);
    expect(pool.allocUnsafe(50).every((byte) => byte === (scrub ? 0 : 9))).toBe(true);
  }
  using pool = new BufferPool({ slabSize, zero: true });
  const buffer = pool.allocUnsafe(50);
  buffer.fill(9);
  pool.free(buffer);
  expect(pool.allocUnsafe(50).every((byte) => byte === 0)).toBe(true);
});

test('scrub and zero go by the bytes that there are, whatever was made of the Buffer', () => {
  const disguises: ((buffer: Buffer) => unknown)[] = [
    (buffer) => Object.defineProperty(buffer, 'length', { value: 0 }),
    (buffer) => Object.setPrototypeOf(buffer, null) as unknown,
  ];
  for (const disguise of disguises) {
    using pool = new BufferPool({ slabSize, scrub: true });
    const freed = pool.allocUnsafe(50).fill(9);
    disguise(freed);
    pool.free(freed);
    const shrunk = pool.allocUnsafe(50);
    expect(Uint8Array.prototype.some.call(shrunk, (byte) => byte !== 0)).toBe(false);
    Uint8Array.prototype.fill.call(shrunk, 9);
    disguise(shrunk);
    const grown = pool.resize(pool.resize(shrunk, 10), 50);
    expect([...grown.subarray(0, 11)]).toEqual([...new Array<number>(10).fill(9), 0]);
    using zeroing = new BufferPool({ slabSize, zero: true });
    const whole = zeroing.allocUnsafe(50).fill(9);
    const short = zeroing.resize(whole, 10);
    disguise(short);
    expect([...zeroing.resize(short, 50).subarray(9, 11)]).toEqual([9, 0]);
  }
});

test('zeros and scrubs where the intrinsics are frozen', () => {
  const child = node(
    `const { BufferPool } = require('allomorph');
    const pool = new BufferPool({ scrub: true });
    const buffer = pool.alloc(100);
    console.log(buffer.every((byte) => byte === 0));
    pool.free(buffer);
    pool.close();`,
    { flags: ['--frozen-intrinsics', '--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'true\n' });
});

test('over a limit of the allocator’s that is less than a slab: the error says what a pool takes', () => {
  using limit = limited(system, 3 * slabSize);
  using pool = new BufferPool({ allocator: limit });
  const message = /Free blocks.* A BufferPool takes slabs of slabSize bytes, 4194304 here/;
  expect(() => pool.alloc(1)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message) }),
  );
  expect(codeOf(() => pool.alloc(1))).toBe('ERR_ALLOMORPH_OUT_OF_MEMORY');
});

test('limit: the error has the figures, and memory that is empty is given up first', () => {
  using pool = new BufferPool({ slabSize, limit: 3 * slabSize, maxSize: slabSize });
  const held = Array.from({ length: 3 }, () => pool.allocUnsafe(slabSize));
  try {
    pool.allocUnsafe(100);
    throw new Error('was allowed');
  } catch (error) {
    expect(error).toMatchObject({
      code: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
      values: { size: 100, limit: 196_608, bytes: 196_608, live: 196_608, needed: 65_536 },
      message: expect.stringMatching(/100 bytes.*65536 more.*196608 of 196608 are held/),
    });
  }
  expect(codeOf(() => pool.allocUnsafe(slabSize + 1))).toBe('ERR_ALLOMORPH_OUT_OF_MEMORY');
  for (const buffer of held) pool.free(buffer);
  expect(pool.allocUnsafe(3 * slabSize)).toHaveLength(3 * slabSize);
  expect(pool.stats()).toMatchObject({ slabs: 0, bytes: 3 * slabSize });
});

test.each([1000, slabSize])('limit: an allocator that uses the pool itself, %i bytes', (size) => {
  const inner: string[] = [];
  const allocator: Allocator = {
    name: 'uses the pool',
    unsafe: system.unsafe,
    allocate: (bytes, align) => {
      if (inner.length === 0)
        inner.push(
          'asked',
          codeOf(() => pool.alloc(size)),
        );
      return system.allocate(bytes, align);
    },
    deallocate: (...block) => system.deallocate(...block),
    reallocate: (...block) => system.reallocate(...block),
    reallocateInplace: (...block) => system.reallocateInplace(...block),
    usableSize: (bytes, align) => system.usableSize(bytes, align),
  };
  using pool = new BufferPool({ limit: slabSize, allocator });
  expect(pool.alloc(size)).toHaveLength(size);
  expect(inner).toEqual(['asked', 'ERR_ALLOMORPH_OUT_OF_MEMORY']);
  expect(pool.stats()).toMatchObject({ bytes: slabSize, live: { buffers: 1 } });
});

test('an empty run of one class does not keep another class from the memory', () => {
  using pool = new BufferPool({ slabSize, limit: slabSize, maxSize: slabSize });
  pool.free(pool.allocUnsafe(10));
  const whole = pool.allocUnsafe(slabSize);
  pool.free(whole);
  expect(pool.allocUnsafe(10)).toHaveLength(10);
});

test('stats, slabs that come and go, trim', () => {
  using pool = new BufferPool({ slabSize });
  expect(pool.stats()).toEqual({
    live: { buffers: 0, bytes: 0 },
    large: { buffers: 0, bytes: 0 },
    slabs: 0,
    bytes: 0,
    pinned: { slabs: 0, bytes: 0, live: 0 },
    highWater: { live: 0, bytes: 0 },
    leaked: 0,
    classes: [],
  });
  const buffers = Array.from({ length: 640 }, () => pool.allocUnsafe(1024));
  const large = pool.allocUnsafe(100_000);
  expect(pool.stats()).toMatchObject({
    live: { buffers: 641, bytes: 755_360 },
    large: { buffers: 1, bytes: 100_000 },
    slabs: 10,
    bytes: 755_360,
    pinned: { slabs: 10, bytes: 655_360, live: 655_360 },
    highWater: { live: 755_360, bytes: 755_360 },
    classes: [{ size: 1024, live: 640, free: 0, hits: 600, misses: 40 }],
  });
  pool.free(large);
  const [kept, ...rest] = buffers;
  for (const buffer of rest) pool.free(buffer);
  expect(pool.stats().slabs).toBeLessThanOrEqual(3);
  expect(pool.stats().pinned).toMatchObject({ slabs: 1, live: 1024 });
  expect(pool.trim()).toBeGreaterThanOrEqual(0);
  expect(pool.stats()).toMatchObject({ slabs: 1, bytes: slabSize, live: { buffers: 1 } });
  pool.free(kept!);
  expect(pool.trim()).toBe(slabSize);
  expect(pool.stats()).toMatchObject({ slabs: 0, bytes: 0, highWater: { bytes: 755_360 } });
});

test('close detaches what is live, gives everything back, and says what was live', () => {
  const before = system.live();
  const pool = new BufferPool({ allocator: system, slabSize });
  const buffers = [10, 1000, 10_000, 100_000].map((size) => pool.alloc(size));
  expect(system.live().blocks).toBe(before.blocks + 3); // 10_000 bytes have a slab of their own
  expect(pool.close().buffers).toBe(4);
  expect(system.live()).toEqual(before);
  expect(buffers.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  expect(pool.close()).toEqual({ buffers: 0, bytes: 0 });
});

test('memory comes from the allocator that was asked for', () => {
  if (!jemalloc.available) {
    const pool = new BufferPool({ allocator: jemalloc });
    expect(codeOf(() => pool.alloc(1))).toBe('ERR_ALLOMORPH_UNAVAILABLE');
    return;
  }
  const before = jemalloc.live().bytes;
  using pool = new BufferPool({ allocator: jemalloc });
  pool.alloc(1);
  expect(jemalloc.live().bytes).toBe(before + 4 * 2 ** 20);
});

test('an allocator that has no more: an error, and nothing has changed', () => {
  using pool = new BufferPool({ slabSize });
  const kept = pool.alloc(100);
  const refusing = {
    ...Object.fromEntries(
      ['deallocate', 'reallocate', 'reallocateInplace', 'usableSize'].map((name) => [
        name,
        () => 0,
      ]),
    ),
    name: 'refusing',
    allocate: () => {
      throw new AllomorphError('ERR_ALLOMORPH_OUT_OF_MEMORY', 'none left');
    },
  };
  using empty = new BufferPool({ allocator: refusing as never, slabSize });
  expect(codeOf(() => empty.alloc(10))).toBe('ERR_ALLOMORPH_OUT_OF_MEMORY');
  expect(codeOf(() => empty.alloc(slabSize))).toBe('ERR_ALLOMORPH_OUT_OF_MEMORY');
  expect(empty.stats()).toMatchObject({ slabs: 0, bytes: 0, live: { buffers: 0 } });
  pool.free(kept);
});

test.each([
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 32 + 1,
  2 ** 53,
  '5',
  5n,
  null,
  undefined,
  {},
  Symbol('s'),
])('alloc(%p) is refused', (size) => {
  using pool = new BufferPool({ slabSize });
  for (const act of [() => pool.alloc(size as never), () => pool.allocUnsafe(size as never)]) {
    expect(codeOf(act)).toBe('ERR_ALLOMORPH_INVALID_SIZE');
  }
});

test.each([
  null,
  5,
  { slabSize: 65_537 },
  { slabSize: 32_768 },
  { slabSize: 2 ** 31 },
  { slabSize, maxSize: slabSize + 1 },
  { maxSize: 0 },
  { limit: 65_535 },
  { limit: '1' },
  { limit: slabSize, slabSize: 2 * slabSize },
  { scrub: 1 },
  { zero: 'yes' },
  { leakDetection: true },
  { allocator: {} },
  { allocator: 'jemalloc' },
])('options %j are refused', (options) => {
  expect(codeOf(() => new BufferPool(options as never))).toBe('ERR_ALLOMORPH_INVALID_ARGUMENT');
});
