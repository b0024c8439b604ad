import { AllomorphError } from '../../errors/error.js';
import type { MemoryHandle } from '../../native/addon.js';
import { addon } from '../../native/load.js';
import type { Address, Allocator } from '../../types.js';
import { freedError } from './freed.js';
import type { OwnedMemory } from './owned.js';
import { refuseTransfer } from './refuse-transfer.js';

/** What is common to memory that an allocator provided: the handle, and the arrays over it. */
export abstract class ExternalMemory implements OwnedMemory {
  readonly allocator: Allocator;
  readonly align: number;
  readonly external = true;
  readonly byteOffset = 0;
  protected handle: MemoryHandle;
  #address: Address;
  #size: number;
  #oldSize: number;
  #released = false;
  #array: ArrayBuffer | undefined;
  /** Arrays of before it grew in place. Kept, so that `release` finds and detaches them. */
  #older: ArrayBuffer[] = [];

  constructor(allocator: Allocator, handle: MemoryHandle, size: number, align: number) {
    this.allocator = allocator;
    this.handle = handle;
    this.align = align;
    this.#size = this.#oldSize = size;
    this.#address = addon.memory.address(handle) as Address;
  }

  get address(): Address {
    return this.#address;
  }

  get size(): number {
    return this.#size;
  }

  get usableSize(): number {
    return this.allocator.usableSize(this.#oldSize, this.align);
  }

  /** What its allocator is told: any value from `size` up to the usable size. */
  protected get oldSize(): number {
    return this.#oldSize;
  }

  get released(): boolean {
    return this.#released;
  }

  get arrayBuffer(): ArrayBuffer {
    this.#array ??= this.#makeArray();
    return this.#array;
  }

  zero(start: number, end: number): void {
    addon.memory.zero(this.handle, start, end);
  }

  abstract resize(size: number): void;

  release(): void {
    this.#released = true;
    this.dropArrays();
  }

  protected grewInPlace(size: number, oldSize: number): void {
    this.#size = size;
    this.#oldSize = oldSize;
    if (this.#array !== undefined) this.#older.push(this.#array);
    this.#array = undefined;
  }

  /** After its arrays were detached. */
  protected replaced(size: number, oldSize: number): void {
    this.#size = size;
    this.#oldSize = oldSize;
    this.#address = addon.memory.address(this.handle) as Address;
    this.dropArrays();
  }

  protected dropArrays(): void {
    this.#array = undefined;
    this.#older = [];
  }

  #makeArray(): ArrayBuffer {
    if (this.#released) throw freedError('The memory', 'arrayBuffer');
    const array = addon.memory.array(this.handle);
    if (array !== null) {
      refuseTransfer(array);
      return array;
    }
    throw new AllomorphError(
      'ERR_ALLOMORPH_OUT_OF_MEMORY',
      `Node could not make an ArrayBuffer over ${String(this.#size)} bytes. Free blocks or buffers and try again.`,
      { size: this.#size },
    );
  }
}

/**
 * Whether a shrink in place keeps too much: backends that cannot give back the end of a block say
 * "done" and keep all of it.
 */
export function isWasteful(size: number, usable: number): boolean {
  return usable >= 2 * size;
}
