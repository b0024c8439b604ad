import { exhausted } from '../allocators/exhaustion.js';
import type { AllomorphError } from '../errors/error.js';
import { copy } from '../native/copy.js';
import { addon } from '../native/load.js';
import type { Address, Allocator, RawAllocator } from '../types.js';
import { blockAlign } from './size-classes.js';
import type { Source } from './source.js';
import type { Table } from './table.js';

const { magazines } = addon;
const { request } = magazines;

/**
 * Magazines over a native backend: a batch is one call. The blocks come through the unsafe door, as the native
 * record of live blocks would cost more than the rest.
 *
 * They go back by themselves when this object is collected as garbage, and when its thread ends.
 */
export class NativeSource implements Source {
  readonly door: RawAllocator;
  readonly #allocator: Allocator;
  readonly #id: number;
  /** Its finalizer gives the blocks back: it must live as long as this. */
  readonly handle: object;

  constructor(backend: number, allocator: Allocator, { slots, rows }: Table) {
    this.#allocator = allocator;
    this.door = allocator.unsafe;
    const opened = magazines.open(backend, slots, rows);
    if (opened === null) throw this.exhausted(slots.byteLength, blockAlign);
    this.#id = opened.id;
    this.handle = opened.handle;
  }

  refill(row: number, blocks: number): void {
    request[0] = this.#id;
    request[1] = row;
    request[2] = blocks;
    magazines.refill();
  }

  flush(row: number, blocks: number): void {
    request[0] = this.#id;
    request[1] = row;
    request[2] = blocks;
    magazines.flush();
  }

  close(): void {
    magazines.close(this.#id);
  }

  exhausted(size: number, align: number): AllomorphError {
    return exhausted(this.#allocator, size, align);
  }

  leave(address: Address, oldSize: number, size: number): Address {
    const moved = this.#allocator.allocate(size, blockAlign);
    copy(moved, address, Math.min(oldSize, size));
    this.door.deallocate(address, oldSize, blockAlign);
    return moved;
  }

  enter(address: Address, oldSize: number, size: number): Address {
    const moved = this.door.allocate(size, blockAlign);
    if (moved === 0) throw this.exhausted(size, blockAlign);
    try {
      // Changes nothing, and throws when this is no such block: not a byte is read before.
      this.#allocator.reallocateInplace(address, oldSize, oldSize, blockAlign);
    } catch (error) {
      this.door.deallocate(moved, size, blockAlign);
      throw error;
    }
    copy(moved, address, Math.min(oldSize, size));
    this.#allocator.deallocate(address, oldSize, blockAlign);
    return moved;
  }
}
