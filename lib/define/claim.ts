import { invalidAddress } from '../allocators/arguments.js';
import type { Claim } from '../allocators/block-errors.js';
import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { hex } from '../support/show.js';
import type { Allocator } from '../types.js';
import type { LiveBlock, LiveRecord } from './live-record.js';

export type { Claim } from '../allocators/block-errors.js';

/**
 * The live block that a call claims to be about.
 * @throws ERR_ALLOMORPH_UNKNOWN_BLOCK, ERR_ALLOMORPH_FOREIGN_BLOCK, ERR_ALLOMORPH_SIZE_MISMATCH,
 * ERR_ALLOMORPH_ALIGNMENT_MISMATCH, ERR_ALLOMORPH_INVALID_ADDRESS
 */
export function claimOf(allocator: Allocator, record: LiveRecord, claim: Claim): LiveBlock {
  const { address, oldSize, align } = claim;
  const block = record.find(address);
  if (block === undefined) throw absent(allocator, claim);
  if (block.align !== align) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
      `The block at ${hex(address)} was allocated with alignment ${String(block.align)}, not ${String(align)}. ` +
        'Pass the alignment it was allocated with.',
      { ...claim, block },
    );
  }
  const least = block.sizeIsUsable ? 1 : block.size;
  if (oldSize >= least && oldSize <= block.usable) return block;
  throw new AllomorphError(
    'ERR_ALLOMORPH_SIZE_MISMATCH',
    `The block at ${hex(address)} was allocated with size ${String(block.size)}; oldSize ${String(oldSize)} ` +
      `is not from ${String(least)} up to its usable size ${String(block.usable)}. ` +
      'Pass the size it was last allocated or reallocated with.',
    { ...claim, block },
  );
}

/** What the allocator is told of a block's size: see `LiveBlock.sizeIsUsable`. */
export function known(block: LiveBlock, oldSize: number): number {
  return block.sizeIsUsable ? block.size : oldSize;
}

/** That no live block is meant. */
export function absent(allocator: Allocator, claim: Claim): AllomorphError {
  const { address, align } = claim;
  if (address % align !== 0) return invalidAddress(address, align);
  const block = addon.describeBlock(address);
  if (block === null) {
    return new AllomorphError(
      'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      `${hex(address)} is not a live block of ${allocator.name}: it was freed already, was allocated through ` +
        '`unsafe`, by another object or in another thread, or never was an allocation. Free each block once, where ' +
        'it was allocated.',
      { ...claim },
    );
  }
  const owner = addon.opened.name(block.backend) ?? 'another allocator';
  return new AllomorphError(
    'ERR_ALLOMORPH_FOREIGN_BLOCK',
    `The block at ${hex(address)} belongs to ${owner}, not to ${allocator.name}. Free it with the allocator that ` +
      'allocated it.',
    { ...claim, block },
  );
}
