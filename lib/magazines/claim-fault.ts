import { invalidAddress } from '../allocators/arguments.js';
import { backendId, backendIdOf } from '../allocators/backend.js';
import type { Claim } from '../allocators/block-errors.js';
import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { hex } from '../support/show.js';
import type { Allocator } from '../types.js';
import { blockAlign } from './size-classes.js';

/**
 * The error for a call whose claim about a block is not true.
 * @param cache the allocator that was called, and the one behind it
 * @param capacity of the size class, when there is a live block of the cache at the address
 */
export function claimFault(
  cache: Allocator,
  behind: Allocator,
  claim: Claim,
  capacity: number | undefined,
): AllomorphError {
  const { address, oldSize, align } = claim;
  if (address % align !== 0) return invalidAddress(address, align);
  if (capacity === undefined) return absent(cache, behind, claim);
  if (align > blockAlign) {
    return new AllomorphError(
      'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
      `The block at ${hex(address)} was allocated with an alignment of at most ${String(blockAlign)}, not ` +
        `${String(align)}. Pass the alignment it was allocated with.`,
      { ...claim },
    );
  }
  return new AllomorphError(
    'ERR_ALLOMORPH_SIZE_MISMATCH',
    `The block at ${hex(address)} is of the size class of ${String(capacity)} bytes; oldSize ${String(oldSize)} is not. ` +
      'Pass the size it was last allocated or reallocated with, or what reallocateInplace returned.',
    { ...claim, usable: capacity },
  );
}

/** Not one of ours; perhaps one of the checked functions of a native allocator. */
function absent(cache: Allocator, behind: Allocator, claim: Claim): AllomorphError {
  const where = hex(claim.address);
  const backend = Object.hasOwn(behind, backendId) ? backendIdOf(behind) : undefined;
  // Below an allocator that is written in JavaScript, the record says nothing about who owns a block.
  const block = backend === undefined ? null : addon.describeBlock(claim.address);
  if (block === null) {
    return new AllomorphError(
      'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      `${where} is not a live block of ${cache.name}: it was freed already, was allocated through \`unsafe\`, ` +
        'in another thread or by another object, or never was an allocation. Free each block once, where it was allocated.',
      { ...claim },
    );
  }
  const owner = addon.opened.name(block.backend) ?? 'another allocator';
  if (block.backend === backend && block.size !== claim.oldSize) {
    return new AllomorphError(
      'ERR_ALLOMORPH_SIZE_MISMATCH',
      `The block at ${where} was allocated with size ${String(block.size)}, not ${String(claim.oldSize)}. ` +
        'Pass the size it was last allocated or reallocated with.',
      { ...claim, block },
    );
  }
  return new AllomorphError(
    'ERR_ALLOMORPH_FOREIGN_BLOCK',
    `The block at ${where} belongs to ${owner}, not to ${cache.name}. Free it with the allocator that allocated it.`,
    { ...claim, block },
  );
}
