import { closeSync } from 'node:fs';
import type { Written } from '../../define/checked-allocator.js';
import { hex } from '../../support/show.js';
import { lineWriter, type OpenedSink } from '../sink.js';
import type { Address, RawAllocator } from '../../types.js';

/** Closes the file of one that was forgotten without `close`. */
const forgotten = new FinalizationRegistry((descriptor: number) => {
  closeSync(descriptor);
});

/** native/compose/logged.c over an allocator or into a sink in JavaScript. */
export class WrittenLogged implements Written {
  readonly #behind: RawAllocator;
  /** Of a file that is ours, until it is closed: the number may be another file's then. */
  #descriptor: number | undefined;
  readonly #write: (line: string) => void;

  /** @param name for the warning that a line could not be written */
  constructor(behind: RawAllocator, name: string, sink: OpenedSink) {
    this.#behind = behind;
    this.#descriptor = sink.isOurs ? sink.descriptor : undefined;
    this.#write = lineWriter(name, sink);
    if (this.#descriptor !== undefined) forgotten.register(this, this.#descriptor, this);
  }

  allocate(size: number, align: number): Address {
    const address = this.#behind.allocate(size, align);
    this.#log('allocate', [size, align], hex(address));
    return address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#log('deallocate', [hex(address), oldSize, align]);
    this.#behind.deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const moved = this.#behind.reallocate(address, oldSize, size, align);
    this.#log('reallocate', [hex(address), oldSize, size, align], hex(moved));
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    const now = this.#behind.reallocateInplace(address, oldSize, size, align);
    this.#log('reallocate_inplace', [hex(address), oldSize, size, align], now);
    return now;
  }

  usableSize(size: number, align: number): number {
    return this.#behind.usableSize(size, align);
  }

  end(): void {
    forgotten.unregister(this);
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  #log(name: string, values: readonly (string | number)[], result?: string | number): void {
    this.#write(
      `${name}(${values.join(', ')})${result === undefined ? '' : ` = ${String(result)}`}`,
    );
  }
}
