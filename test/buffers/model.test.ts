import assert from 'node:assert/strict';
import { BufferPool, jemalloc, system } from 'allomorph';
import fc from 'fast-check';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const runs = 25;
const operationsPerRun = 2_000; // 50,000 operations for each pool

const kinds = [
  'alloc',
  'allocUnsafe',
  'allocUnsafe',
  'free',
  'free',
  'free last',
  'resize',
  'free twice',
  'free slice',
  'trim',
] as const;
interface Operation {
  kind: (typeof kinds)[number];
  size: number;
  pick: number;
}

const size = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 512 }) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
  { weight: 4, arbitrary: fc.constantFrom(64, 1024, 4096, 16_384, 65_536) },
);
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...kinds),
  size,
  pick: fc.nat(1_000_000),
});

interface Entry {
  buffer: Buffer;
  pattern: number;
  start: number;
  end: number;
  slab: ArrayBufferLike;
}

class Model {
  readonly live: Entry[] = [];
  operations = 0;
  #last: Buffer | undefined;
  #nextPattern = 1;

  constructor(
    readonly pool: BufferPool,
    readonly zeroes: boolean,
  ) {}

  apply({ kind, size: length, pick }: Operation): void {
    this.operations += 1;
    if (kind === 'alloc' || kind === 'allocUnsafe') {
      if (this.live.length > 400) return;
      const buffer = this.pool[kind](length);
      assert.equal(buffer.length, length);
      assert.ok(Buffer.isBuffer(buffer));
      assert.ok(this.pool.capacity(buffer) >= length);
      if (kind === 'alloc' || this.zeroes) assert.ok(buffer.every((byte) => byte === 0));
      this.#add(buffer);
    } else if (kind === 'trim') {
      if (pick % 20 === 0) this.pool.trim();
    } else if (kind === 'free twice') {
      const freed = this.#last;
      if (freed === undefined || this.live.some(({ buffer }) => buffer === freed)) return;
      const before = this.pool.stats();
      assert.throws(() => this.pool.free(freed), { code: 'ERR_ALLOMORPH_FREED' });
      assert.deepEqual(this.pool.stats(), before);
    } else if (this.live.length > 0) {
      const index = kind === 'free last' ? this.live.length - 1 : pick % this.live.length;
      this.#use(kind, index, length);
    }
  }

  #use(kind: Operation['kind'], index: number, length: number): void {
    const { buffer, pattern } = this.live[index]!;
    assert.ok(holds(buffer, pattern));
    if (kind === 'free slice') {
      const code = 'ERR_ALLOMORPH_FOREIGN_BUFFER';
      assert.throws(() => this.pool.free(buffer.subarray()), { code });
    } else if (kind === 'resize') {
      const shorter = Math.min(length, this.pool.capacity(buffer));
      const resized = this.pool.resize(buffer, shorter);
      assert.equal(resized.length, shorter);
      const kept = resized.subarray(0, Math.min(shorter, buffer.length));
      assert.ok(holds(kept, pattern, buffer.length));
      this.live.splice(index, 1);
      this.#add(resized);
    } else {
      this.pool.free(buffer);
      this.#last = buffer;
      this.live.splice(index, 1);
    }
  }

  /** Writes a pattern over a buffer, when it has been seen that nobody else has these bytes. */
  #add(buffer: Buffer): void {
    const { buffer: slab, byteOffset: start } = buffer;
    const entry = { buffer, slab, start, end: start + buffer.length, pattern: this.#nextPattern++ };
    for (const other of this.live) {
      const apart = other.slab !== slab || other.start >= entry.end || start >= other.end;
      assert.ok(apart, `${start}–${entry.end} overlaps ${other.start}–${other.end}`);
    }
    write(buffer, entry.pattern);
    this.live.push(entry);
  }

  check(): void {
    for (const { buffer, pattern } of this.live) assert.ok(holds(buffer, pattern));
    const { live, slabs, bytes, pinned } = this.pool.stats();
    assert.equal(live.buffers, this.live.length);
    const capacities = this.live.map(({ buffer }) => this.pool.capacity(buffer));
    assert.equal(
      live.bytes,
      capacities.reduce((sum, capacity) => sum + capacity, 0),
    );
    assert.ok(pinned.slabs <= slabs && pinned.bytes <= bytes && pinned.live <= live.bytes);
  }
}

// Long buffers are looked at in places only.
const step = (length: number) => Math.max(1, Math.floor(length / 64));

function write(buffer: Buffer, pattern: number): void {
  for (let index = 0; index < buffer.length; index += step(buffer.length)) {
    buffer[index] = pattern + index;
  }
  if (buffer.length > 0) buffer[buffer.length - 1] = pattern + buffer.length - 1;
}

/** Whether these are the first bytes of a buffer of `length` bytes that `write` wrote to. */
function holds(buffer: Buffer, pattern: number, length = buffer.length): boolean {
  for (let index = 0; index < buffer.length; index += step(length)) {
    if (buffer[index] !== ((pattern + index) & 255)) return false;
  }
  return buffer.length < length || length === 0 || buffer.at(-1) === ((pattern + length - 1) & 255);
}

const backends = jemalloc.available ? [system, jemalloc] : [system];
const options = [
  { slabSize: 65_536, maxSize: 16_384 },
  { slabSize: 65_536, maxSize: 65_536, scrub: true },
  { slabSize: 1 << 20, zero: true, leakDetection: 'sampled' as const },
  { leakDetection: 'all' as const },
  {},
];
const cases = options.map((each, index) => {
  const allocator = backends[index % backends.length]!;
  return { ...each, allocator, backend: allocator.name, shown: JSON.stringify(each) };
});

describe(`random operations against a model (SEED=${String(seed)})`, () => {
  test.each(cases)('$backend, $shown', ({ backend: _backend, shown: _shown, ...given }) => {
    const { allocator } = given;
    const before = allocator.live();
    let operations = 0;
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: operationsPerRun, maxLength: operationsPerRun }),
        (steps) => {
          const pool = new BufferPool(given);
          const model = new Model(pool, 'zero' in given);
          try {
            for (const each of steps) model.apply(each);
            model.check();
            for (const { buffer } of model.live) pool.free(buffer);
            assert.equal(pool.stats().live.buffers, 0);
            assert.equal(pool.stats().live.bytes, 0);
            pool.trim();
            assert.equal(pool.stats().bytes, 0);
          } finally {
            pool.close();
          }
          operations += model.operations;
          assert.deepEqual(allocator.live(), before);
        },
      ),
      { seed, numRuns: runs, endOnFailure: true },
    );
    console.log(`seed ${String(seed)}: ${String(operations)} operations`);
    expect(operations).toBeGreaterThanOrEqual(50_000);
  });
});
