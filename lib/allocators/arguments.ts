import { AllomorphError } from '../errors/error.js';
import { hex, show } from '../support/show.js';
import type { Address } from '../types.js';

/** 2^53 - 1: sizes are numbers, and larger ones would not be exact. */
export const maxSize = Number.MAX_SAFE_INTEGER;

/** 1 GiB: the largest page of any supported platform. */
export const maxAlign = 2 ** 30;

// Each check is one comparison chain that V8 inlines; the message is made elsewhere, only when
// it is needed.

export function checkSize(size: number, parameter = 'size'): void {
  if (!(Number.isSafeInteger(size) && size > 0)) throw invalidSize(size, parameter);
}

export function checkAlign(align: number): void {
  if (!isAlign(align)) throw invalidAlign(align);
}

function isAlign(align: unknown): boolean {
  // The type first: bitwise operators throw on a bigint or a symbol. `| 0` is the integer part
  // for values up to 2^31, equal only for integers in that range.
  return (
    typeof align === 'number' &&
    (align | 0) === align &&
    align > 0 &&
    align <= maxAlign &&
    (align & (align - 1)) === 0
  );
}

/**
 * Whether it is a multiple of the alignment is looked at when the block is not found: no block
 * has a misaligned address, and the remainder of two doubles costs as much as an allocation.
 */
export function checkAddress(address: Address, align: number): void {
  if (!(Number.isSafeInteger(address) && address > 0)) throw invalidAddress(address, align);
}

function invalidSize(size: unknown, parameter: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_SIZE',
    `${parameter} must be an integer from 1 to 2^53 - 1 (bytes), got ${show(size)}.` +
      (size === 0 ? ' A block of no bytes is never allocated: skip the call.' : ''),
    { [parameter]: size },
  );
}

function invalidAlign(align: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ALIGNMENT',
    `align must be a power of two from 1 to 2^30 (bytes), got ${show(align)}. ` +
      'Use 16 when there is no special need.',
    { align },
  );
}

export function invalidAddress(address: unknown, align: number): AllomorphError {
  const misaligned = typeof address === 'number' && Number.isSafeInteger(address) && address > 0;
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ADDRESS',
    misaligned
      ? `address ${hex(address)} is not a multiple of the alignment ${String(align)}. ` +
          'Pass the address and the alignment that the block was allocated with.'
      : `address must be a positive integer below 2^53, got ${show(address)}. ` +
          'Pass an address that allocate or reallocate returned.',
    { address, align },
  );
}
