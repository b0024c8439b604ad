import assert from 'node:assert/strict';
import type { Address, RawAllocator } from 'allomorph';
import fc from 'fast-check';
import { fill, holds } from '../support/memory.js';

interface Block {
  address: Address;
  size: number;
  /** What to pass as oldSize; differs from `size` after a shrink in place. */
  oldSize: number;
  align: number;
  seed: number;
}

export type Operation =
  | { kind: 'allocate'; size: number; align: number }
  | { kind: 'deallocate'; pick: number; useUsable: boolean }
  | { kind: 'reallocate'; pick: number; size: number }
  | { kind: 'reallocateInplace'; pick: number; size: number };

const size = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 512 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000_000 }) },
);
const align = fc.integer({ min: 0, max: 14 }).map((power) => 2 ** power);
const pick = fc.nat(1_000_000);
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('allocate' as const), size, align }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deallocate' as const),
      pick,
      useUsable: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reallocate' as const), pick, size }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('reallocateInplace' as const), pick, size }),
  },
);

// Contents longer than this are checked at their beginning and end only.
const edge = 4096;
const write = ({ address, size: length, seed: pattern }: Block) => {
  fill(address, Math.min(length, edge), pattern);
  if (length > 2 * edge) fill(address + length - edge, edge, pattern + 1);
};
const intact = ({ address, size: length, seed: pattern }: Block) =>
  holds(address, Math.min(length, edge), pattern) &&
  (length <= 2 * edge || holds(address + length - edge, edge, pattern + 1));

// node:assert, as Jest's expect would take most of the time of these tests.
export class Model {
  readonly blocks: Block[] = [];
  operations = 0;
  #nextSeed = 0;
  readonly #allocator: RawAllocator;

  constructor(allocator: RawAllocator) {
    this.#allocator = allocator;
  }

  apply(step: Operation): void {
    this.operations += 1;
    if (step.kind === 'allocate') {
      this.#track(this.#allocator.allocate(step.size, step.align), step.size, step.align);
      return;
    }
    if (this.blocks.length === 0) return;
    const index = step.pick % this.blocks.length;
    const block = this.blocks[index]!;
    assert.ok(intact(block));
    if (step.kind === 'deallocate') {
      const usable = this.#allocator.usableSize(block.oldSize, block.align);
      this.#allocator.deallocate(
        block.address,
        step.useUsable ? usable : block.oldSize,
        block.align,
      );
      this.blocks.splice(index, 1);
    } else if (step.kind === 'reallocate') {
      const { address, oldSize, size: before, seed: pattern } = block;
      block.address = this.#allocator.reallocate(address, oldSize, step.size, block.align);
      assert.equal(block.address % block.align, 0);
      assert.ok(holds(block.address, Math.min(before, step.size, edge), pattern));
      block.size = block.oldSize = step.size;
      write(block);
    } else {
      const now = this.#allocator.reallocateInplace(
        block.address,
        block.oldSize,
        step.size,
        block.align,
      );
      assert.ok(holds(block.address, Math.min(block.size, step.size, edge), block.seed));
      if (now < step.size) return;
      block.size = step.size;
      block.oldSize = now;
      write(block);
    }
    this.#expectDisjoint(block);
  }

  finish(): void {
    for (const block of this.blocks.splice(0)) {
      assert.ok(intact(block));
      this.#allocator.deallocate(block.address, block.oldSize, block.align);
    }
  }

  #track(address: Address, length: number, alignment: number): void {
    assert.ok(address > 0);
    assert.equal(address % alignment, 0);
    const block = {
      address,
      size: length,
      oldSize: length,
      align: alignment,
      seed: this.#nextSeed++,
    };
    this.#expectDisjoint(block);
    write(block);
    this.blocks.push(block);
  }

  #expectDisjoint(block: Block): void {
    const end = block.address + block.size;
    for (const other of this.blocks) {
      const apart =
        other === block || other.address >= end || block.address >= other.address + other.size;
      assert.ok(apart, `${block.address.toString(16)} overlaps ${other.address.toString(16)}`);
    }
  }
}
