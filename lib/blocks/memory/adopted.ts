import { exhausted } from '../../allocators/exhaustion.js';
import { AllomorphError } from '../../errors/error.js';
import type { MemoryHandle } from '../../native/addon.js';
import { addon } from '../../native/load.js';
import { warnDeallocationFailed } from '../../support/deallocation-failed.js';
import type { Allocator } from '../../types.js';
import { ExternalMemory, isWasteful } from './external.js';
import { freedError } from './freed.js';
import { checkLength } from './length.js';
import { adopt, allocateMemory, forget, giveBack, remember, type AdoptedBlock } from './unowned.js';

const { memory } = addon;

/**
 * Memory of an allocator that is composed or written in JavaScript. When it is forgotten, that
 * allocator is called to take it back, some time after the collector ran. When the thread ends
 * before, no JavaScript can run: then only what the allocator had passed on from a checked door of
 * `system` or `jemalloc`, unchanged, goes back.
 */
export class AdoptedMemory extends ExternalMemory {
  /** Its allocator is being called: it may look at this memory, nothing may change it. */
  #busy = false;

  static acquire(allocator: Allocator, size: number, align: number): AdoptedMemory {
    return new AdoptedMemory(allocator, allocate(allocator, size, align), size, align);
  }

  override get arrayBuffer(): ArrayBuffer {
    this.#refuseWhileBusy('arrayBuffer');
    return super.arrayBuffer;
  }

  override zero(start: number, end: number): void {
    this.#refuseWhileBusy('zero');
    super.zero(start, end);
  }

  override resize(size: number): void {
    checkLength(size);
    if (this.released) throw freedError('The memory', 'resize');
    this.#refuseWhileBusy('resize');
    if (size === this.size) return;
    const grows = size > this.size;
    const usable = grows || this.#detach() ? this.#resizeInplace(size) : 0;
    const inPlace = usable >= size;
    if (inPlace && grows) this.grewInPlace(size, usable);
    else if (inPlace) this.replaced(size, usable);
    if (inPlace && (grows || !isWasteful(size, usable))) return;
    const fresh = this.#allocateElsewhere(size, inPlace);
    if (fresh !== undefined) this.#moveTo(fresh, size);
  }

  override release(): void {
    if (this.released) return;
    this.#refuseWhileBusy('free');
    super.release();
    endHolding(this.handle, this.#block());
  }

  // Before and not after a shrink: code of the allocator runs in between.
  #detach(): boolean {
    this.dropArrays();
    return memory.detach(this.handle);
  }

  /** @returns the usable size it has now; 0 when its allocator gave no size */
  #resizeInplace(size: number): number {
    const { allocator, address, align } = this;
    let now = this.oldSize;
    let length = this.size;
    this.#busy = true;
    memory.lend(this.handle);
    try {
      const usable = allocator.reallocateInplace(address, this.oldSize, size, align);
      if (!Number.isSafeInteger(usable) || usable < 1) return 0;
      now = usable;
      if (usable >= size) length = size;
      return usable;
    } finally {
      memory.takeBack(this.handle, length, now);
      remember(this.handle, { allocator, address, oldSize: now, align });
      this.#busy = false;
    }
  }

  /** @returns undefined when there is no memory and the block can stay where it is */
  #allocateElsewhere(size: number, canStay: boolean): MemoryHandle | undefined {
    this.#busy = true;
    try {
      return allocate(this.allocator, size, this.align);
    } catch (error) {
      if (canStay) return undefined;
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  // Never `reallocate`: while the allocator's code ran, views could lie over memory that is gone.
  #moveTo(fresh: MemoryHandle, size: number): void {
    const [left, block] = [this.handle, this.#block()];
    memory.copy(left, fresh, Math.min(this.size, size));
    this.handle = fresh;
    this.replaced(size, size);
    this.#busy = true;
    try {
      endHolding(left, block);
    } catch (error) {
      // The move is done: the caller must not take it for a failure.
      const what = `the ${String(block.oldSize)} bytes that a resized block left`;
      warnDeallocationFailed(block.allocator.name, what, error);
    } finally {
      this.#busy = false;
    }
  }

  #block(): AdoptedBlock {
    const { allocator, address, oldSize, align } = this;
    return { allocator, address, oldSize, align };
  }

  #refuseWhileBusy(use: string): void {
    if (!this.#busy) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_BUSY',
      `${use} is not possible while ${this.allocator.name} resizes the block. An allocator must leave ` +
        'alone the blocks that were made of its memory.',
      { allocator: this.allocator.name },
    );
  }
}

function allocate(allocator: Allocator, size: number, align: number): MemoryHandle {
  const address = allocateMemory(allocator, size, align);
  const block = { allocator, address, oldSize: size, align };
  const handle = adopt(block);
  if (handle !== null) return handle;
  giveBack(block);
  throw exhausted(allocator, size, align);
}

function endHolding(handle: MemoryHandle, block: AdoptedBlock): void {
  const id = memory.id(handle);
  if (!memory.release(handle)) return; // a transferred array has it; `unowned.ts` hears of its end
  forget(id);
  giveBack(block);
}
