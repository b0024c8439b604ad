import { exhausted } from '../../allocators/exhaustion.js';
import { moveResults, type MemoryHandle } from '../../native/addon.js';
import { addon } from '../../native/load.js';
import type { Allocator } from '../../types.js';
import { ExternalMemory, isWasteful } from './external.js';
import { freedError } from './freed.js';
import { checkLength } from './length.js';

const { memory } = addon;

/**
 * Memory of a native backend. Native code owns it, and gives it back without JavaScript when it is
 * forgotten or its thread ends. It is in no table of the checked door: `deallocate` does not find it.
 */
export class BackendMemory extends ExternalMemory {
  readonly #backend: number;

  static acquire(
    allocator: Allocator,
    backend: number,
    size: number,
    align: number,
  ): BackendMemory {
    return new BackendMemory(allocator, backend, size, align);
  }

  private constructor(allocator: Allocator, backend: number, size: number, align: number) {
    super(allocator, allocate(allocator, backend, size, align), size, align);
    this.#backend = backend;
  }

  override resize(size: number): void {
    checkLength(size);
    if (this.released) throw freedError('The memory', 'resize');
    if (size === this.size) return;
    const grows = size > this.size;
    const usable = memory.resizeInplace(this.handle, size);
    const inPlace = usable >= size;
    if (inPlace && grows) this.grewInPlace(size, usable);
    else if (inPlace) this.replaced(size, usable);
    if (inPlace && (grows || !isWasteful(size, usable))) return;
    const result = memory.reallocate(this.handle, size);
    if (result === moveResults.moved) this.replaced(size, size);
    else if (inPlace) return;
    else if (result === moveResults.exhausted)
      throw exhausted(this.allocator, size, this.align, this.oldSize);
    else this.#copyElsewhere(size);
  }

  override release(): void {
    if (this.released) return;
    super.release();
    memory.release(this.handle);
  }

  /** An array over it was transferred: the old place stays until that is gone. */
  #copyElsewhere(size: number): void {
    const fresh = allocate(this.allocator, this.#backend, size, this.align);
    memory.copy(this.handle, fresh, Math.min(this.size, size));
    memory.release(this.handle);
    this.handle = fresh;
    this.replaced(size, size);
  }
}

function allocate(
  allocator: Allocator,
  backend: number,
  size: number,
  align: number,
): MemoryHandle {
  const handle = memory.allocate(backend, size, align);
  if (handle === null) throw exhausted(allocator, size, align);
  return handle;
}
