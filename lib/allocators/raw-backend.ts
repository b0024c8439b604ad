import { addon } from '../native/load.js';
import type { Address, RawAllocator } from '../types.js';
import { closedBackend } from './backend.js';

const { frame, unsafe } = addon;

/** The exact ABI of one backend. See native/binding/backends.cc for the call frame. */
export class RawBackend implements RawAllocator {
  #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  /** From now on the door finds memory exhausted, and `usableSize` is 0. */
  static close(door: RawBackend): void {
    door.#id = closedBackend;
  }

  allocate(size: number, align: number): Address {
    frame[4] = this.#id;
    frame[0] = size;
    frame[1] = align;
    unsafe.allocate();
    return frame[0] as Address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = align;
    unsafe.deallocate();
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = size;
    frame[3] = align;
    unsafe.reallocate();
    return frame[0] as Address;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = size;
    frame[3] = align;
    unsafe.reallocateInplace();
    return frame[0];
  }

  usableSize(size: number, align: number): number {
    frame[4] = this.#id;
    frame[0] = size;
    frame[1] = align;
    unsafe.usableSize();
    return frame[0];
  }
}
