import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { hex } from '../support/show.js';
import type { Address, Allocator } from '../types.js';
import { invalidAddress } from './arguments.js';
import { nameOf } from './name.js';

/** What a call claimed about a block. */
export interface Claim {
  address: Address;
  oldSize: number;
  align: number;
}

/** The error for a negative result of a checked native function: `BlockFault` in core/checked.h. */
export function blockFault(fault: number, allocator: Allocator, claim: Claim): AllomorphError {
  const where = hex(claim.address);
  const block = addon.describeBlock(claim.address);
  const values = { ...claim, ...(block === null ? {} : { block }) };
  if (claim.address % claim.align !== 0) return invalidAddress(claim.address, claim.align);
  // Another thread may have freed it since the check: then it is simply no live block any more.
  const known = block === null ? -1 : fault;
  switch (known) {
    case -2:
      return new AllomorphError(
        'ERR_ALLOMORPH_FOREIGN_BLOCK',
        `The block at ${where} belongs to ${ownerName(block?.backend)}, not to ${nameOf(allocator)}. ` +
          'Free it with the allocator that allocated it.',
        values,
      );
    case -3:
      return new AllomorphError(
        'ERR_ALLOMORPH_SIZE_MISMATCH',
        `The block at ${where} was allocated with size ${String(block?.size)}; oldSize ${String(claim.oldSize)} ` +
          `is not from ${String(block?.size)} up to its usable size ${String(usable(allocator, block))}. ` +
          'Pass the size it was last allocated or reallocated with.',
        values,
      );
    case -4:
      return new AllomorphError(
        'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
        `The block at ${where} was allocated with alignment ${String(block?.align)}, not ${String(claim.align)}. ` +
          'Pass the alignment it was allocated with.',
        values,
      );
    default:
      return new AllomorphError(
        'ERR_ALLOMORPH_UNKNOWN_BLOCK',
        `${where} is not a live block of ${nameOf(allocator)}: it was freed already, was allocated ` +
          'through `unsafe` or native code, or never was an allocation. Free each block once, ' +
          'through the door that allocated it.',
        values,
      );
  }
}

function ownerName(backend: number | undefined): string {
  return (backend === undefined ? null : addon.opened.name(backend)) ?? 'another allocator';
}

function usable(
  allocator: Allocator,
  block: { size: number; align: number } | null,
): number | undefined {
  return block === null ? undefined : allocator.unsafe.usableSize(block.size, block.align);
}
