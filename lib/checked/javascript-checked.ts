import { checkAddress, checkAlign, checkSize } from '../allocators/arguments.js';
import type { Claim } from '../allocators/block-errors.js';
import { busy } from '../allocators/busy.js';
import { Calls } from '../allocators/calls.js';
import { closeDoors } from '../allocators/close-doors.js';
import { hasUsers, Use } from '../allocators/use.js';
import { AllomorphError } from '../errors/error.js';
import { Unthrowing } from '../magazines/unthrowing.js';
import type { NativeBlockFault } from '../native/addon.js';
import type { Address, Allocator, LiveCounts, RawAllocator } from '../types.js';
import {
  nothing,
  type CheckedAllocator,
  type CheckedBlock,
  type CheckedFault,
  type CheckedStats,
} from './checked-allocator.js';
import { describeBlock, describeFault, faultError } from './faults.js';
import { JavaScriptBlocks, type Block } from './javascript-blocks.js';
import { reportFaults, unwatchForLeaks } from './leak-report.js';
import type { Settings } from './options.js';
import { Stacks } from './stacks.js';

/** Over an allocator written in JavaScript, which no native code can call: the level `'poison'`. */
export class JavaScriptChecked implements CheckedAllocator {
  readonly name: string;
  readonly level = 'poison';
  /** Null for exhausted memory; all else is thrown here too. */
  readonly unsafe: RawAllocator;
  readonly #blocks: JavaScriptBlocks;
  readonly #use: Use;
  readonly #stacks: Stacks;
  readonly #calls = new Calls();
  #isClosed = false;

  constructor(name: string, behind: Allocator, { quarantine, stacks }: Settings) {
    this.name = name;
    this.#blocks = new JavaScriptBlocks(behind, quarantine);
    this.#use = new Use(this.#blocks, behind);
    this.#stacks = new Stacks(stacks, JavaScriptChecked.prototype);
    this.unsafe = new Unthrowing(this);
  }

  allocate(size: number, align: number): Address {
    this.#refuseWhenClosed();
    checkSize(size);
    checkAlign(align);
    const address = this.#calls.during(() => this.#blocks.allocate(size, align));
    this.#stacks.allocated(address, 'allocate');
    return address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#calls.during(() => {
      this.#blocks.free(this.#inspect(address, oldSize, align));
    });
    this.#stacks.freed(address, 'deallocate');
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    checkSize(size);
    const moved = this.#calls.during(() => {
      const block = this.#inspect(address, oldSize, align);
      const to = this.#blocks.allocate(size, align);
      const fault = this.#blocks.move(block, to, size);
      if (fault !== undefined) throw this.#error(fault, { address, oldSize, align });
      return to;
    });
    this.#stacks.freed(address, 'reallocate');
    this.#stacks.allocated(moved, 'reallocate');
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    checkSize(size);
    const block = this.#calls.during(() => this.#inspect(address, oldSize, align));
    if (size < block.size) this.#blocks.shrink(block, size);
    return block.size;
  }

  usableSize(size: number, align: number): number {
    this.#refuseWhenClosed();
    checkSize(size);
    checkAlign(align);
    return size;
  }

  verify(): CheckedFault[] {
    return this.#blocks
      .verify()
      .flatMap((fault) =>
        fault.block === null ? [] : [describeFault(fault, fault.block, this.#stacks)],
      );
  }

  leaks(): CheckedBlock[] {
    return this.#blocks.live().map((block) => describeBlock(block, this.#stacks));
  }

  stats(): CheckedStats {
    return this.#isClosed ? nothing : this.#blocks.stats();
  }

  live(): LiveCounts {
    const { liveBlocks, liveBytes } = this.#blocks.stats();
    return { blocks: liveBlocks, bytes: liveBytes };
  }

  close(): void {
    if (this.#isClosed) return;
    const { blocks } = this.live();
    if (blocks > 0) throw busy(this, blocks);
    if (hasUsers(this)) throw busy(this, 0);
    this.#calls.refuseWithin(this);
    reportFaults(this);
    // First: no block may come of what the allocator behind does in the meantime.
    this.#isClosed = true;
    try {
      this.#blocks.giveBack();
    } catch (error) {
      this.#isClosed = false;
      throw error;
    }
    // Whoever is given it from now on sees that nothing is there.
    closeDoors(this);
    this.#use.end();
    unwatchForLeaks(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #inspect(address: Address, oldSize: number, align: number): Block {
    this.#refuseWhenClosed();
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    const block = this.#blocks.inspect(address, oldSize, align);
    if (!('kind' in block)) return block;
    throw this.#error(block, { address, oldSize, align });
  }

  #error(fault: NativeBlockFault, claim: Claim): AllomorphError {
    return faultError(this, fault, this.#stacks, claim);
  }

  #refuseWhenClosed(): void {
    if (!this.#isClosed) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_CLOSED',
      `${this.name} is not available: it was closed.`,
      { allocator: this.name },
    );
  }
}
