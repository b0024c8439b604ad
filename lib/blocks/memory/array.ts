import { exhausted } from '../../allocators/exhaustion.js';
import { addon } from '../../native/load.js';
import type { Address, Allocator } from '../../types.js';
import { freedError } from './freed.js';
import { checkLength } from './length.js';
import type { OwnedMemory } from './owned.js';
import { refuseTransfer } from './refuse-transfer.js';

/** What V8 aligns the bytes of every ArrayBuffer to. */
const arrayAlign = 8;

/**
 * Stands in where no ArrayBuffer may lie over an allocator's memory: an ArrayBuffer of V8's own, and
 * the address of its bytes. The allocator is not used.
 */
export class ArrayMemory implements OwnedMemory {
  readonly allocator: Allocator;
  readonly align: number;
  readonly external = false;
  #size: number;
  #place: Place;
  #released = false;

  constructor(allocator: Allocator, size: number, align: number) {
    this.allocator = allocator;
    this.align = align;
    this.#size = size;
    this.#place = makePlace(allocator, size, align);
  }

  get address(): Address {
    this.#refuseGone('address');
    return this.#place.address;
  }

  get size(): number {
    return this.#size;
  }

  get usableSize(): number {
    return this.#size;
  }

  get arrayBuffer(): ArrayBuffer {
    this.#refuseGone('arrayBuffer');
    return this.#place.array;
  }

  get byteOffset(): number {
    return this.#place.offset;
  }

  zero(start: number, end: number): void {
    this.#refuseGone('zero');
    bytesOf(this.#place, this.#size).fill(0, start, end);
  }

  get released(): boolean {
    return this.#released;
  }

  /** Always moves. */
  resize(size: number): void {
    checkLength(size);
    this.#refuseGone('resize');
    if (size === this.#size) return;
    const fresh = makePlace(this.allocator, size, this.align);
    const kept = Math.min(size, this.#size);
    bytesOf(fresh, kept).set(bytesOf(this.#place, kept));
    addon.memory.detachArray(this.#place.array);
    this.#place = fresh;
    this.#size = size;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    addon.memory.detachArray(this.#place.array);
  }

  #refuseGone(use: string): void {
    if (this.#released) throw freedError('The memory', use);
    // The bytes were the ArrayBuffer's, and moved with them.
    if (this.#place.array.byteLength === 0) throw freedError('The memory, by a transfer,', use);
  }
}

interface Place {
  readonly array: ArrayBuffer;
  readonly offset: number;
  readonly address: Address;
}

function makePlace(allocator: Allocator, size: number, align: number): Place {
  const array = makeArray(allocator, align > arrayAlign ? size + align : size, align);
  const start = addon.memory.arrayAddress(array);
  const offset = (align - (start % align)) % align;
  // Not `markAsUntransferable`: from Node 24 on, what is marked can be detached by nobody, and trying
  // ends the process. A transfer is found by `#refuseGone` and by the pool instead.
  refuseTransfer(array);
  return { array, offset, address: (start + offset) as Address };
}

function makeArray(allocator: Allocator, length: number, align: number): ArrayBuffer {
  try {
    return new ArrayBuffer(length);
  } catch {
    throw exhausted({ name: `V8 (in place of ${allocator.name})` }, length, align);
  }
}

function bytesOf({ array, offset }: Place, size: number): Uint8Array {
  return new Uint8Array(array, offset, size);
}
