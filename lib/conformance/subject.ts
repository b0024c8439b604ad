import { backendId, backendIdOf } from '../allocators/backend.js';
import { addon } from '../native/load.js';
import { endOfMemory, noMemory } from '../support/no-memory.js';
import { hex, showNumber } from '../support/show.js';
import type { Address, Allocator, RawAllocator } from '../types.js';
import { Violation } from './rule.js';
import { leastImpossible } from './sizes.js';
import { callOn, describe, shown, type Tried } from './tried.js';

/**
 * The allocator under test: its five functions with each result looked at, and memory filled with
 * patterns. Nothing is read or written where no memory can be. What is called is its `unsafe` door, where it has one: that is where the contract holds.
 */
export class Subject {
  readonly random: () => number;
  /** Of a native backend; undefined for an allocator written in JavaScript. */
  readonly backend: number | undefined;
  readonly #raw: RawAllocator;
  readonly #onCall: ((call: string) => void) | undefined;
  /** The blocks that were had and not given back, and a size that each may be given back with. */
  readonly #live = new Map<Tried, number>();
  #nextSeed = 1;

  /** @param onCall told what is about to be done, for the case that it ends the process */
  constructor(
    allocator: RawAllocator | Allocator,
    random: () => number,
    onCall?: (call: string) => void,
  ) {
    this.random = random;
    this.#onCall = onCall;
    // An own property only: what inherits from a native allocator may override its functions.
    this.backend = Object.hasOwn(allocator, backendId) ? backendIdOf(allocator) : undefined;
    this.#raw = 'unsafe' in allocator ? allocator.unsafe : allocator;
  }

  /** An integer from `low` to `high`. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** One of them. */
  pick<T>(all: readonly T[]): T {
    const [picked] = all.slice(this.integer(0, all.length - 1));
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** An integer from 1 to `high`, small ones as likely as large ones. */
  size(high: number): number {
    return Math.max(1, Math.floor(2 ** (this.random() * Math.log2(high + 1))));
  }

  /** A block that must be had. */
  block(size: number, align: number): Tried {
    const address = this.allocate(size, align);
    if (address === 0) {
      throw new Violation(`allocate(${String(size)}, ${String(align)}) gave null`, { size, align });
    }
    const block = { address, size, align, seed: this.#nextSeed++, filled: 0 };
    this.#live.set(block, size);
    return block;
  }

  /** 0: exhausted. */
  allocate(size: number, align: number): Address {
    const call = `allocate(${String(size)}, ${String(align)})`;
    this.#onCall?.(call);
    const address = orNull(() => this.#raw.allocate(size, align));
    return asAddress(address, size, call);
  }

  free(block: Tried, oldSize = block.size): void {
    if (this.#live.has(block)) this.#live.set(block, oldSize);
    this.#onCall?.(callOn(block, 'deallocate', oldSize));
    this.#raw.deallocate(block.address, oldSize, block.align);
    this.#live.delete(block);
  }

  /** After a function threw in the middle of a rule. What is refused now stays. */
  giveBackAll(): void {
    for (const [block, oldSize] of [...this.#live]) {
      try {
        this.free(block, oldSize);
      } catch {
        // It has been told what is wrong with it.
      }
    }
  }

  /** The call alone: 0 leaves the block as it is. */
  reallocate(block: Tried, size: number, oldSize = block.size): Address {
    const { address, align } = block;
    const call = callOn(block, 'reallocate', oldSize, size);
    this.#onCall?.(call);
    const moved = orNull(() => this.#raw.reallocate(address, oldSize, size, align));
    return asAddress(moved, size, call);
  }

  /** A reallocation that must work; the block is the new one, its pattern is verified. */
  moved(block: Tried, size: number, oldSize = block.size): void {
    const call = callOn(block, 'reallocate', oldSize, size);
    const address = this.reallocate(block, size, oldSize);
    if (address === 0) throw new Violation(`${call} gave null`, { ...shown(block), wanted: size });
    const values = { ...shown(block), wanted: size, result: hex(address) };
    if (address % block.align !== 0) {
      throw new Violation(
        `${call} gave ${hex(address)}, which is not a multiple of ${String(block.align)}`,
        values,
      );
    }
    block.filled = Math.min(block.filled, size);
    block.address = address;
    block.size = size;
    this.#live.set(block, size);
    this.verify(block, `${call} gave ${hex(address)}`);
  }

  reallocateInplace(block: Tried, size: number, oldSize = block.size): number {
    this.#onCall?.(callOn(block, 'reallocate_inplace', oldSize, size));
    const now = this.#raw.reallocateInplace(block.address, oldSize, size, block.align);
    if (now >= size) this.#live.set(block, now);
    return now;
  }

  usableSize(size: number, align: number): number {
    const call = `usable_size(${String(size)}, ${String(align)})`;
    this.#onCall?.(call);
    const usable: unknown = this.#raw.usableSize(size, align);
    const isSize = typeof usable === 'number' && Number.isSafeInteger(usable) && usable >= size;
    if (isSize && usable <= endOfMemory) return usable;
    const wrong = isSize ? 'more than an address space has' : 'less than the size';
    throw new Violation(`${call} gave ${showNumber(usable)}, which is ${wrong}`, {
      size,
      align,
      usable: showNumber(usable),
    });
  }

  /** Before a part of the usable bytes is written to: all of them could be. */
  expectRoom(block: Tried, usable: number): void {
    const reason = noMemory(block.address, usable);
    if (reason === undefined) return;
    throw new Violation(
      `the block at ${hex(block.address)} should have ${String(usable)} bytes, ${reason}`,
      { ...shown(block), usable },
    );
  }

  /** Calls of several threads at a time. */
  contend(backend: number, threads: number, rounds: number, seed: number) {
    this.#onCall?.(`calls of ${String(threads)} threads at a time`);
    return addon.conformance.contend(backend, threads, rounds, seed);
  }

  fill(block: Tried, length: number): void {
    this.expectRoom(block, length);
    block.filled = length;
    this.#onCall?.(`writing ${String(length)} bytes to the block ${describe(block)}`);
    addon.conformance.fill(block.address, length, block.seed);
  }

  /** @param after what happened since it was filled */
  verify(block: Tried, after: string): void {
    this.#onCall?.(`reading ${String(block.filled)} bytes of the block ${describe(block)}`);
    const end = addon.conformance.patternEnds(block.address, block.filled, block.seed);
    if (end === block.filled) return;
    throw new Violation(
      `${after}: byte ${String(end)} of the ${String(block.filled)} written to the block ${describe(block)} has changed`,
      { ...shown(block), offset: end },
    );
  }

  aligned(block: Tried): void {
    if (block.address % block.align === 0) return;
    throw new Violation(
      `allocate(${String(block.size)}, ${String(block.align)}) gave ${hex(block.address)}, ` +
        `which is not a multiple of ${String(block.align)}`,
      shown(block),
    );
  }

  /**
   * @param after what happened that may be the cause
   * @throws Violation when two of the blocks share memory
   */
  distinct(blocks: readonly Tried[], after?: string): void {
    const sorted = [...blocks].sort((left, right) => left.address - right.address);
    sorted.forEach((block, index) => {
      const next = sorted[index + 1];
      if (next === undefined || block.address + block.size <= next.address) return;
      throw new Violation(
        `${after === undefined ? '' : `${after}: `}two live blocks share memory: ` +
          `${describe(block)} and ${describe(next)}`,
        { ...shown(block), otherAddress: hex(next.address), otherSize: next.size },
      );
    });
  }
}

/** An allocator without an `unsafe` door may throw where the contract has null. */
function orNull(call: () => Address): unknown {
  try {
    return call();
  } catch (error) {
    if ((error as { code?: unknown } | null | undefined)?.code === 'ERR_ALLOMORPH_OUT_OF_MEMORY')
      return 0;
    throw error;
  }
}

/** @throws Violation for what cannot be the address of `size` bytes of memory */
function asAddress(value: unknown, size: number, call: string): Address {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Violation(`${call} gave ${showNumber(value)}, which is no address`, {
      result: showNumber(value),
    });
  }
  const address = value as Address;
  if (address === 0) return address;
  const reason =
    size >= leastImpossible
      ? 'and no address space holds that many bytes'
      : noMemory(address, size);
  if (reason === undefined) return address;
  throw new Violation(`${call} gave ${hex(address)}, ${reason}`, { size, address: hex(address) });
}
