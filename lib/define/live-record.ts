import type { Address } from '../types.js';
import { SortedAddresses } from './sorted-addresses.js';

/** A live block of an allocator in JavaScript. */
export interface LiveBlock {
  readonly address: Address;
  /** What was asked for; after a shrink that left more in place, what it still has. */
  readonly size: number;
  /** What it may be written up to. */
  readonly usable: number;
  readonly align: number;
  /** After such a shrink: any smaller `oldSize` is accepted, and `size` is what the allocator is told. */
  readonly sizeIsUsable: boolean;
}

/** The live blocks, by address and in their order. O(1) to find one, O(log n) to find what lies around an address. */
export class LiveRecord {
  readonly #blocks = new Map<number, LiveBlock>();
  readonly #order = new SortedAddresses();
  #bytes = 0;

  get blocks(): number {
    return this.#blocks.size;
  }

  /** Usable ones. */
  get bytes(): number {
    return this.#bytes;
  }

  find(address: number): LiveBlock | undefined {
    return this.#blocks.get(address);
  }

  add(block: LiveBlock): void {
    this.#blocks.set(block.address, block);
    this.#order.add(block.address);
    this.#bytes += block.usable;
  }

  remove(block: LiveBlock): void {
    this.#blocks.delete(block.address);
    this.#order.delete(block.address);
    this.#bytes -= block.usable;
  }

  clear(): void {
    this.#blocks.clear();
    this.#order.clear();
    this.#bytes = 0;
  }

  /** A live block that shares a byte with these. */
  overlapping(address: number, bytes: number): LiveBlock | undefined {
    const before = this.#block(this.#order.atOrBefore(address));
    if (before !== undefined && before.address + before.usable > address) return before;
    const after = this.#block(this.#order.after(address));
    return after !== undefined && after.address < address + bytes ? after : undefined;
  }

  #block(address: number | undefined): LiveBlock | undefined {
    return address === undefined ? undefined : this.#blocks.get(address);
  }
}
