import assert from 'node:assert/strict';
import { Block, type Allocator } from 'allomorph';
import fc from 'fast-check';
import { expectNoLeaks, liveCounts } from '../support/leaks.js';
import { backends, passingOn } from './support/allocators.js';
import { checkAgainstModel, seed } from '../model/check.js';

expectNoLeaks();

const operationsPerRun = 500; // 50,000 operations an allocator

type Operation =
  | { kind: 'allocate'; size: number; align: number; zero: boolean }
  | { kind: 'free'; pick: number }
  | { kind: 'resize'; pick: number; size: number }
  | { kind: 'look'; pick: number };

const size = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 512 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_000_000 }) },
);
const align = fc.integer({ min: 0, max: 12 }).map((power) => 2 ** power);
const pick = fc.nat(1_000_000);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('allocate' as const),
      size,
      align,
      zero: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('free' as const), pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('resize' as const), pick, size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const), pick }) },
);

interface Tracked {
  block: Block;
  zero: boolean;
  /** What the bytes are: this value, but 0 from here on. */
  value: number;
  filled: number;
  /** Every view that was ever taken and may still be attached. */
  views: Buffer[];
}

// Contents longer than this are checked at their edges only.
const edge = 2048;

// node:assert, as Jest's expect would take most of the time of these tests.
class Model {
  readonly live: Tracked[] = [];
  operations = 0;
  #next = 1;
  readonly #allocator: Allocator;

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
  }

  apply(step: Operation): void {
    this.operations += 1;
    if (step.kind === 'allocate') {
      this.#allocate(step.size, step.align, step.zero);
      return;
    }
    if (this.live.length === 0) return;
    const index = step.pick % this.live.length;
    const tracked = this.live[index]!;
    if (step.kind === 'free') {
      this.#check(tracked);
      this.live.splice(index, 1);
      this.#free(tracked);
    } else if (step.kind === 'resize') {
      this.#resize(tracked, step.size);
    } else {
      this.#check(tracked);
    }
  }

  finish(): void {
    for (const tracked of this.live.splice(0)) {
      this.#check(tracked);
      this.#free(tracked);
    }
  }

  #allocate(length: number, alignment: number, zero: boolean): void {
    const block = Block.allocate(length, { allocator: this.#allocator, align: alignment, zero });
    const tracked = { block, zero, value: 0, filled: 0, views: [] };
    this.live.push(tracked);
    this.#expectDisjoint(tracked);
    if (zero) this.#check(tracked);
    this.#fill(tracked);
  }

  #resize(tracked: Tracked, length: number): void {
    const { block } = tracked;
    const [address, before] = [block.address, block.size];
    block.resize(length);
    const inPlace = block.address === address && length >= before;
    // A block that moved back to the same address is told by its views, all of which went.
    const attached = tracked.views.filter((view) => view.length > 0);
    if (!inPlace) assert.equal(attached.length, 0);
    else assert.ok(attached.length === 0 || attached.length === tracked.views.length);
    tracked.views = attached;
    tracked.filled = Math.min(tracked.filled, length);
    this.#check(tracked);
    this.#expectDisjoint(tracked);
    this.#fill(tracked);
  }

  #fill(tracked: Tracked): void {
    tracked.value = this.#next = (this.#next % 255) + 1;
    const bytes = this.#bytes(tracked);
    tracked.filled = bytes.length;
    if (bytes.length <= 2 * edge) {
      bytes.fill(tracked.value);
      return;
    }
    bytes.fill(tracked.value, 0, edge);
    bytes.fill(tracked.value, bytes.length - edge);
  }

  #check(tracked: Tracked): void {
    const bytes = this.#bytes(tracked);
    const filled = Math.min(tracked.filled, edge);
    assert.ok(every(bytes.subarray(0, filled), tracked.value));
    if (tracked.zero) assert.ok(every(bytes.subarray(tracked.filled).subarray(0, edge), 0));
  }

  #bytes(tracked: Tracked): Buffer {
    const { bytes } = tracked.block;
    assert.equal(bytes.length, tracked.block.size);
    if (!tracked.views.includes(bytes)) tracked.views.push(bytes);
    return bytes;
  }

  #free({ block, views }: Tracked): void {
    block.free();
    for (const view of views) assert.equal(view.length, 0);
  }

  #expectDisjoint({ block }: Tracked): void {
    const start = block.address;
    const end = start + block.size;
    assert.equal(start % block.align, 0);
    for (const { block: other } of this.live) {
      const apart = other === block || other.address >= end || start >= other.address + other.size;
      assert.ok(apart, `${start.toString(16)} overlaps ${other.address.toString(16)}`);
    }
  }
}

const every = (bytes: Buffer, value: number) => bytes.equals(Buffer.alloc(bytes.length, value));

describe(`random operations on Blocks against a model (SEED=${String(seed)})`, () => {
  test.each([...backends, ...backends.map(passingOn)])('$name', (allocator) => {
    const before = liveCounts();
    const operations = checkAgainstModel(
      operation,
      operationsPerRun,
      () => new Model(allocator),
      () => expect(liveCounts()).toEqual(before),
    );
    expect(operations).toBeGreaterThanOrEqual(50_000);
  });
});
