import { checkAddress, checkAlign, checkSize } from '../allocators/arguments.js';
import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { addon } from '../native/load.js';
import type { Address } from '../types.js';
import {
  nothing,
  type CheckedAllocator,
  type CheckedBlock,
  type CheckedFault,
  type CheckedStats,
} from './checked-allocator.js';
import { describeBlock, describeFault, faultError } from './faults.js';
import { unwatchForLeaks } from './leak-report.js';
import type { Settings } from './options.js';
import { Stacks } from './stacks.js';

const { debugging } = addon;

/** Over a native allocator: every call is inspected before it is made, so that one that throws has changed nothing. */
export class NativeChecked extends OpenedAllocator implements CheckedAllocator {
  readonly level: 'poison' | 'page-guard';
  readonly #stacks: Stacks;
  /** Undefined once it is closed: the id may be another allocator's by then. */
  #id: number | undefined;

  constructor(name: string, behind: number, settings: Settings) {
    const { level, quarantine, frames, stacks, every } = settings;
    const isGuarded = level === 'page-guard';
    const opened = debugging.open(name, behind, isGuarded, quarantine, frames, every);
    super(opened, name);
    this.level = level;
    this.#id = opened?.id;
    // Where the process dies of an access, the native report is the only one.
    const isTold = isGuarded && opened !== null;
    this.#stacks = new Stacks(
      stacks,
      NativeChecked.prototype,
      isTold ? tellPlaces(opened.id) : undefined,
    );
  }

  override allocate(size: number, align: number): Address {
    const address = super.allocate(size, align);
    this.#stacks.allocated(address, 'allocate');
    return address;
  }

  override deallocate(address: Address, oldSize: number, align: number): void {
    this.#inspect(address, oldSize, align);
    super.deallocate(address, oldSize, align);
    this.#stacks.freed(address, 'deallocate');
  }

  override reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    checkSize(size);
    this.#inspect(address, oldSize, align);
    const moved = super.reallocate(address, oldSize, size, align);
    this.#stacks.freed(address, 'reallocate');
    this.#stacks.allocated(moved, 'reallocate');
    return moved;
  }

  override reallocateInplace(
    address: Address,
    oldSize: number,
    size: number,
    align: number,
  ): number {
    checkSize(size);
    this.#inspect(address, oldSize, align);
    return super.reallocateInplace(address, oldSize, size, align);
  }

  verify(): CheckedFault[] {
    if (this.#id === undefined) return [];
    return (debugging.verify(this.#id) ?? []).flatMap((fault) =>
      fault.block === null ? [] : [describeFault(fault, fault.block, this.#stacks)],
    );
  }

  leaks(): CheckedBlock[] {
    if (this.#id === undefined) return [];
    return (debugging.live(this.#id) ?? []).map((block) => describeBlock(block, this.#stacks));
  }

  stats(): CheckedStats {
    return (this.#id === undefined ? null : debugging.stats(this.#id)) ?? nothing;
  }

  override close(): void {
    super.close();
    this.#id = undefined;
    unwatchForLeaks(this);
  }

  #inspect(address: Address, oldSize: number, align: number): void {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    if (this.#id === undefined) return;
    const fault = debugging.inspect(this.#id, address, oldSize, align);
    if (fault !== null) {
      throw faultError(this, fault, this.#stacks, { address, oldSize, align });
    }
  }
}

/** Tells the native side where blocks were allocated and freed. */
function tellPlaces(id: number): (address: number, site: () => string | undefined) => void {
  const known = new Map<string, number>();
  return (address, site) => {
    const text = site();
    if (text === undefined) return;
    let place = known.get(text);
    if (place === undefined) {
      place = debugging.place(id, text);
      known.set(text, place);
    }
    debugging.setPlace(id, address, place);
  };
}
