import { AllomorphError } from '../errors/error.js';
import { hex, show } from '../support/show.js';
import type { Allocator } from '../types.js';
import type { LiveBlock, LiveRecord } from './live-record.js';

// Each names the rule of the contract that a written function broke, and the values.

/** @throws ERR_ALLOMORPH_BAD_ALLOCATOR */
export function checkUsableResult(
  allocator: Allocator,
  values: { readonly size: number; readonly align: number; readonly usable: unknown },
): void {
  const { size, align, usable } = values;
  if (isInteger(usable) && usable >= size) return;
  throw bad(
    allocator,
    `usableSize(${String(size)}, ${String(align)})`,
    usable,
    `must be an integer of at least the size, and below 2^53`,
    values,
  );
}

/** @throws ERR_ALLOMORPH_BAD_ALLOCATOR */
export function checkAddressResult(
  allocator: Allocator,
  call: 'allocate' | 'reallocate',
  record: LiveRecord,
  values: {
    readonly address: unknown;
    readonly size: number;
    readonly usable: number;
    readonly align: number;
  },
): void {
  const { address, size, usable, align } = values;
  const called = `${call} of ${String(size)} bytes aligned to ${String(align)}`;
  if (!isInteger(address) || address + usable > Number.MAX_SAFE_INTEGER) {
    const rule = 'must be the address of a block below 2^53, or 0 when memory is exhausted';
    throw bad(allocator, called, address, rule, values);
  }
  if (address % align !== 0) {
    throw bad(allocator, called, hex(address), 'must be a multiple of the alignment', values);
  }
  const other = record.overlapping(address, usable);
  if (other !== undefined) throw overlap(allocator, called, hex(address), usable, other, values);
}

/**
 * @param block the one that is resized; it is not in the record
 * @param expected its usable size, as reported when nothing changes
 * @throws ERR_ALLOMORPH_BAD_ALLOCATOR
 */
export function checkInplaceResult(
  allocator: Allocator,
  record: LiveRecord,
  block: LiveBlock,
  values: { readonly size: number; readonly result: unknown; readonly expected: number },
): void {
  const { size, result, expected } = values;
  const called = `reallocateInplace of ${hex(block.address)} to ${String(size)} bytes`;
  if (!isInteger(result) || block.address + result > Number.MAX_SAFE_INTEGER) {
    const rule = 'must be the usable size that the block now has, a positive integer';
    throw bad(allocator, called, result, rule, values);
  }
  if (result < size) {
    if (result === expected) return;
    const rule = `is less than was asked for, and so must be the usable size it had, ${String(expected)}`;
    throw bad(allocator, called, result, rule, values);
  }
  const other = record.overlapping(block.address, result);
  if (other !== undefined) throw overlap(allocator, called, result, result, other, values);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function overlap(
  allocator: Allocator,
  called: string,
  result: unknown,
  bytes: number,
  other: LiveBlock,
  values: object,
): AllomorphError {
  const rule =
    `must not overlap a live block: its ${String(bytes)} bytes and the ${String(other.usable)} at ` +
    hex(other.address);
  return bad(allocator, called, result, rule, { ...values, other });
}

function bad(
  allocator: Allocator,
  called: string,
  result: unknown,
  rule: string,
  values: object,
): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BAD_ALLOCATOR',
    `${allocator.name} is at fault: ${called} returned ${typeof result === 'string' && result.startsWith('0x') ? result : show(result)}, which ${rule}.`,
    { ...values },
  );
}
