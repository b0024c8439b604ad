import { AllomorphError } from '../../errors/error.js';
import type { MemoryHandle } from '../../native/addon.js';
import { addon } from '../../native/load.js';
import { warnDeallocationFailed } from '../../support/deallocation-failed.js';
import { checkMemory } from '../../support/no-memory.js';
import { show } from '../../support/show.js';
import type { Address, Allocator } from '../../types.js';

/** What deallocating takes. */
export interface AdoptedBlock {
  readonly allocator: Allocator;
  readonly address: Address;
  readonly oldSize: number;
  readonly align: number;
}

/** Of each live adopted block, by its id: what to do when it is forgotten. */
const blocks = new Map<number, AdoptedBlock>();
let listener: number | undefined;

/** @returns null: no memory for the record; the block is still the caller's */
export function adopt(block: AdoptedBlock): MemoryHandle | null {
  const { address, oldSize, align } = block;
  listener ??= addon.memory.onUnowned(giveBackForgotten);
  const handle = addon.memory.adopt(address, oldSize, align, listener);
  if (handle !== null) remember(handle, block);
  return handle;
}

export function remember(handle: MemoryHandle, block: AdoptedBlock): void {
  blocks.set(addon.memory.id(handle), block);
}

export function forget(id: number): void {
  blocks.delete(id);
}

/** O(adopted blocks) */
export function isAdoptedFrom(allocator: Allocator): boolean {
  for (const block of blocks.values()) if (block.allocator === allocator) return true;
  return false;
}

export function giveBack({ allocator, address, oldSize, align }: AdoptedBlock): void {
  allocator.deallocate(address, oldSize, align);
}

/**
 * A block that is written to from here on. Where no memory can be, nothing is given back either.
 * @throws ERR_ALLOMORPH_BAD_ALLOCATOR, ERR_ALLOMORPH_INVALID_ADDRESS
 */
export function allocateMemory(allocator: Allocator, size: number, align: number): Address {
  const address = checkBlock(allocator, allocator.allocate(size, align), align);
  checkMemory(allocator.name, address, size, align);
  return address;
}

/**
 * Looks at what an allocator in JavaScript returned. Whether memory is there cannot be seen.
 * @throws ERR_ALLOMORPH_INVALID_ADDRESS
 */
export function checkBlock(allocator: Allocator, address: Address, align: number): Address {
  if (Number.isSafeInteger(address) && address > 0 && address % align === 0) return address;
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ADDRESS',
    `${show(allocator.name)}.allocate returned ${show(address)}, which is no address that is a multiple of ` +
      `the alignment ${String(align)}. An allocator returns an address or throws.`,
    { address, align },
  );
}

/** Called by native code, which cannot take an exception. */
function giveBackForgotten(id: number): void {
  const block = blocks.get(id);
  if (block === undefined) return;
  blocks.delete(id);
  try {
    giveBack(block);
  } catch (error) {
    const what = `a forgotten block of ${String(block.oldSize)} bytes`;
    warnDeallocationFailed(block.allocator.name, what, error);
  }
}
